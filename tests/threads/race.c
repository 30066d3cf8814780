/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What the thread checkers must not let pass: race filter | talloc.
 *
 * Two threads change one object, a filter (which the library does not allow)
 * or a talloc chunk.  The racing stores are inside the libraries, so a checker
 * that reports them looks there.
 */
#include <pthread.h>
#include <string.h>

#include <talloc.h>

#include <smbmgmt/smbmgmt.h>

static pthread_barrier_t barrier;

/* One number, one pointer: nothing breaks if the checker is absent. */
static void *change_filter(void *filter)
{
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 100; i++)
		smbmgmt_filter_set_min_age(filter, (uint32_t)i, NULL);
	return NULL;
}

static void *change_chunk(void *chunk)
{
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 100; i++)
		talloc_set_name_const(chunk, "raced for");
	return NULL;
}

static int in_two_threads(void *(*change)(void *), void *object)
{
	pthread_t threads[2];

	if (pthread_barrier_init(&barrier, NULL, 2) != 0)
		return 2;
	for (int i = 0; i < 2; i++) {
		if (pthread_create(&threads[i], NULL, change, object) != 0)
			return 2;
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

int main(int argc, char **argv)
{
	smbmgmt_filter *filter = NULL;
	void *chunk = NULL;
	int ret = 0;

	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "talloc") == 0) {
		chunk = talloc_size(NULL, 1);
		ret = in_two_threads(change_chunk, chunk);
		talloc_free(chunk);
		return ret;
	}
	if (smbmgmt_filter_new(&filter, NULL) != 0)
		return 2;
	ret = in_two_threads(change_filter, filter);
	smbmgmt_filter_unref(filter);
	return ret;
}
