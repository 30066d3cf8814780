/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * main() of a fuzz target without a fuzzer: each file of a folder once, as
 * TAP.  A target that fails aborts, and the plan at the end is missing.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* In a block of its exact size, so that a sanitizer sees an over-read. */
static int replay(const char *folder, const char *name)
{
	char path[4096];
	uint8_t *data = NULL;
	FILE *file = NULL;
	long size = -1;
	int result = -1;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (file == NULL)
		return -1;
	if (fseek(file, 0, SEEK_END) == 0)
		size = ftell(file);
	rewind(file);
	if (size > 0)
		data = malloc((size_t)size);
	if (data != NULL && fread(data, 1, (size_t)size, file) == (size_t)size)
		result = LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
	fclose(file);
	return result;
}

int main(int argc, char **argv)
{
	struct dirent **entries = NULL;
	int n = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : -1;
	int count = 0;
	int failed = 0;

	if (n < 0) {
		fputs("usage: replay FOLDER\n", stderr);
		return 2;
	}
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (name[0] != '.') {
			int result = replay(argv[1], name);

			failed += result != 0;
			printf("%s %d - %s\n", result == 0 ? "ok" : "not ok",
			       ++count, name);
			fflush(stdout);
		}
		free(entries[i]);
	}
	free(entries);
	printf("1..%d\n", count);
	return failed != 0 || count == 0;
}
