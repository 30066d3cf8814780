/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SM_HELPER_WALLCLOCK_H
#define SM_HELPER_WALLCLOCK_H

/* From here on gettimeofday() does not follow who sets the clock. */
void sm_wallclock_start(void);

#endif /* SM_HELPER_WALLCLOCK_H */
