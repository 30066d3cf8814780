/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What the library itself does with a listing over WS-Management, on answers
 * that were recorded, without network, cipher or processes:
 *
 *     bench_wsman_parse ROUNDS USER ENUMERATE-ANSWER [PULL-ANSWER...]
 *
 * Prints for each round the processor's nanoseconds to read the SOAP messages,
 * to write and read what passes between the processes and make the table, to
 * match the user, and those that libxml2's reader takes for the same messages
 * if nobody looks at what it reads; and the sessions that there were and that
 * matched.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxml/xmlreader.h>

#include "core/filter.h"
#include "core/match.h"
#include "core/table.h"
#include "wire/frames/message.h"
#include "wire/wsman/wsman.h"

static const struct sm_listed listed = {.at = 1};

#define FILES_MOST 256

struct file {
	uint8_t *data;
	size_t len;
};

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void must(int ret, const struct sm_fail *fail)
{
	if (ret == 0)
		return;
	fprintf(stderr, "bench_wsman_parse: %s\n", fail->text);
	exit(1);
}

static void read_file(const char *path, struct file *file)
{
	FILE *in = fopen(path, "re");
	long size = 0;

	if (in == NULL || fseek(in, 0, SEEK_END) != 0 ||
	    (size = ftell(in)) <= 0 || fseek(in, 0, SEEK_SET) != 0) {
		perror(path);
		exit(1);
	}
	file->len = (size_t)size;
	file->data = malloc(file->len);
	if (file->data == NULL ||
	    fread(file->data, 1, file->len, in) != file->len) {
		perror(path);
		exit(1);
	}
	fclose(in);
}

static int take_session(void *userdata, const struct sm_row *row,
			struct sm_fail *fail)
{
	struct sm_out *records = userdata;

	(void)fail;
	if (records != NULL)
		sm_msg_put_row(records, row);
	return 0;
}

static void read_answers(const struct file *files, size_t count,
			 struct sm_out *records)
{
	struct sm_wsman_answer answer;
	struct sm_fail fail;

	for (size_t i = 0; i < count; i++) {
		must(sm_wsman_read(files[i].data, files[i].len,
				   i == 0 ? SM_WSMAN_ENUMERATED
					  : SM_WSMAN_PULLED,
				   NULL, take_session, records, &answer, &fail),
		     &fail);
		if (answer.faulted) {
			fprintf(stderr, "bench_wsman_parse: a fault\n");
			exit(1);
		}
		sm_wsman_answer_clear(&answer);
	}
}

static int64_t only_libxml2(const struct file *files, size_t count)
{
	int64_t start = now();

	for (size_t i = 0; i < count; i++) {
		xmlTextReaderPtr reader = xmlReaderForMemory(
			(const char *)files[i].data, (int)files[i].len, NULL,
			NULL, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);

		while (reader != NULL && xmlTextReaderRead(reader) == 1)
			;
		xmlFreeTextReader(reader);
	}
	return now() - start;
}

static struct sm_table *make_table(struct sm_out *records)
{
	const struct sm_origin origin = {
		.handle_id = 1,
		.computer = "server",
		.server = "wsman:server",
		.transport = "wsman",
	};
	const struct sm_listing listing = {
		.fields = SMBMGMT_FIELD_ID | SMBMGMT_FIELD_CLIENT |
			  SMBMGMT_FIELD_USER,
		.caps = SM_CAP_DOMAINS,
		.unit = SM_UNIT_SESSION,
	};
	struct sm_table *table = NULL;
	struct sm_record record;
	struct sm_fail fail;
	size_t pos = 0;

	must(sm_table_new(&origin, &table, &fail), &fail);
	while (pos < records->len) {
		must(sm_msg_get_record(records->data, records->len, &pos,
				       &record, &fail),
		     &fail);
		must(sm_table_add(table, &record.row, &fail), &fail);
	}
	must(sm_table_seal(table, &listing, &listed, &fail), &fail);
	return table;
}

static size_t count_matches(const char *user, const struct sm_table *table)
{
	uint8_t *selected = calloc(table->count + 1, 1);
	smbmgmt_filter *filter = NULL;
	struct sm_match *match = NULL;
	struct sm_fail fail;
	size_t found = 0;

	if (selected == NULL)
		abort();
	must(sm_filter_new(&filter, &fail), &fail);
	must(sm_filter_add_text(filter, SM_PROPERTY_USER, user, &fail), &fail);
	must(sm_match_new(filter, &match, &fail), &fail);
	must(sm_match_select(match, table, selected, NULL, &fail), &fail);
	for (size_t i = 0; i < table->count; i++)
		found += selected[i];
	sm_match_free(match);
	sm_filter_unref(filter);
	free(selected);
	return found;
}

/* As the child does, row by row. */
static int64_t only_writing(const struct sm_table *table)
{
	struct sm_out records = {.failed = false};
	int64_t start = now();

	for (size_t i = 0; i < table->count; i++)
		sm_msg_put_row(&records, &table->sessions[i].row);
	start = now() - start;
	sm_out_free(&records);
	return start;
}

static void one_round(const char *user, const struct file *files, size_t count)
{
	struct sm_out records = {.failed = false};
	struct sm_table *table = NULL;
	int64_t start = now();
	int64_t read = 0;
	int64_t made = 0;
	int64_t matched = 0;
	size_t found = 0;

	read_answers(files, count, NULL);
	read = now() - start;
	read_answers(files, count, &records);
	start = now();
	table = make_table(&records);
	made = now() - start + only_writing(table);
	start = now();
	found = count_matches(user, table);
	matched = now() - start;
	printf("%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %zu %zu\n",
	       read, made, matched, only_libxml2(files, count), table->count,
	       found);
	sm_table_unref(table);
	sm_out_free(&records);
}

int main(int argc, char **argv)
{
	struct file files[FILES_MOST];
	size_t count = 0;

	if (argc < 4 || argc - 3 > FILES_MOST) {
		fprintf(stderr,
			"usage: bench_wsman_parse ROUNDS USER "
			"ENUMERATE-ANSWER [PULL-ANSWER...]\n");
		return 2;
	}
	for (int i = 3; i < argc; i++)
		read_file(argv[i], &files[count++]);
	for (int i = atoi(argv[1]); i > 0; i--)
		one_round(argv[2], files, count);
	for (size_t i = 0; i < count; i++)
		free(files[i].data);
	return 0;
}
