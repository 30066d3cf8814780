/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/callback.h"

static _Thread_local unsigned int depth;

void sm_callback_enter(void)
{
	depth++;
}

void sm_callback_leave(void)
{
	depth--;
}

bool sm_callback_inside(void)
{
	return depth > 0;
}
