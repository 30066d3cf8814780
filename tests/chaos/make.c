/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the operations of the chaos host are given. */
#include <stdlib.h>
#include <string.h>

#include "chaos.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static smbmgmt_handle *slots[SLOTS];

/*
 * Nothing here may crash, the helper neither, nor may a sanitizer in it find
 * anything: that its processes die is no news, but why is.
 */
static void hear(int32_t level, const char *line, void *userdata)
{
	(void)userdata;
	if (level == SMBMGMT_LOG_ERROR || strstr(line, "Sanitizer") != NULL ||
	    strstr(line, "runtime error") != NULL)
		wrong("log: %s", line);
}

smbmgmt_context *make_context(void)
{
	smbmgmt_context *context = NULL;

	need(smbmgmt_context_new(&context, NULL));
	need(smbmgmt_context_set_log(context, SMBMGMT_LOG_DEBUG, hear, NULL,
				     NULL, NULL));
	need(smbmgmt_context_set_audit_fd(context, chaos.audit, NULL));
	need(smbmgmt_context_set_idle_timeout(context, 700, NULL));
	return context;
}

smbmgmt_open_options *make_options(const struct server *server,
				   uint32_t deadline, int32_t skip_test)
{
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_open_options *options = NULL;
	const char *carrier = getenv("LIVE_CARRIER");

	need(smbmgmt_credentials_new(&credentials, NULL));
	need(smbmgmt_credentials_load_file(credentials, server->auth_file,
					   NULL));
	need(smbmgmt_open_options_new(&options, NULL));
	need(smbmgmt_open_options_set_credentials(options, credentials, NULL));
	need(smbmgmt_open_options_set_deadline(options, deadline, NULL));
	need(smbmgmt_open_options_set_skip_test(options, skip_test, NULL));
	if (carrier != NULL)
		need(smbmgmt_open_options_set_carrier(options, carrier, NULL));
	smbmgmt_credentials_unref(credentials);
	return options;
}

/* The victim, from everywhere or from one address. */
smbmgmt_filter *make_filter(struct worker *w)
{
	smbmgmt_filter *filter = NULL;

	need(smbmgmt_filter_new(&filter, NULL));
	need(smbmgmt_filter_add_user(filter, chaos.victim, NULL));
	if (pick(w, 3) == 0)
		need(smbmgmt_filter_add_client(
			filter, chaos.clients[pick(w, chaos.client_count)],
			NULL));
	return filter;
}

smbmgmt_evict_options *make_evict_options(struct worker *w)
{
	smbmgmt_evict_options *options = NULL;

	need(smbmgmt_evict_options_new(&options, NULL));
	need(smbmgmt_evict_options_set_duration(options, pick(w, 2500), NULL));
	need(smbmgmt_evict_options_set_interval(options, 100 + pick(w, 500),
						NULL));
	return options;
}

smbmgmt_action *make_action(struct worker *w)
{
	smbmgmt_action *action = NULL;

	need(smbmgmt_action_new(&action, NULL));
	need(smbmgmt_action_set_force(action, 1, NULL));
	need(smbmgmt_action_set_verify(action, pick(w, 8) != 0, NULL));
	need(smbmgmt_action_set_throttle(action, (int32_t)pick(w, 4), NULL));
	need(smbmgmt_action_set_per_server(action, (int32_t)pick(w, 4), NULL));
	if (pick(w, 2) == 0)
		need(smbmgmt_action_set_deadline(action, 100 + pick(w, 1500),
						 NULL));
	return action;
}

uint32_t take_handles(struct worker *w, smbmgmt_handle *handles[SOME])
{
	uint32_t wanted = 1 + pick(w, SOME);
	uint32_t first = pick(w, SLOTS);
	uint32_t n = 0;

	pthread_mutex_lock(&lock);
	for (uint32_t i = 0; i < SLOTS && n < wanted; i++) {
		smbmgmt_handle *handle = slots[(first + i) % SLOTS];

		if (handle != NULL)
			handles[n++] = smbmgmt_handle_ref(handle);
	}
	pthread_mutex_unlock(&lock);
	return n;
}

void drop_handles(smbmgmt_handle *handles[SOME], uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		smbmgmt_handle_unref(handles[i]);
}

void place_handle(uint32_t slot, smbmgmt_handle *handle)
{
	smbmgmt_handle *old = NULL;

	pthread_mutex_lock(&lock);
	old = slots[slot];
	slots[slot] = handle;
	pthread_mutex_unlock(&lock);
	if (old == NULL)
		return;
	/* Nobody else removes it: it was in one place only. */
	if (smbmgmt_remove_handle(old, NULL) != 0)
		wrong("a handle that was open cannot be removed");
	count(HANDLES_REMOVED, 1);
	smbmgmt_handle_unref(old);
}
