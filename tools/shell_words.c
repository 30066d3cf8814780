/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "shell_words.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\f\v"
#define ENDS ";\n"

/* One word at *text into a buffer that is long enough. */
static bool cut_word(const char **text, char *word)
{
	const char *from = *text;

	while (*from != '\0' && strchr(BLANKS ENDS, *from) == NULL) {
		char quote = *from;
		const char *end = NULL;

		if (quote != '\'' && quote != '"') {
			*word++ = *from++;
			continue;
		}
		from++;
		end = from + strcspn(from, quote == '"' ? "\"\n" : "'\n");
		if (*end != quote) {
			*text = end;
			return false;
		}
		memcpy(word, from, (size_t)(end - from));
		word += end - from;
		from = end + 1;
	}
	*word = '\0';
	*text = from;
	return true;
}

enum shell_cut shell_cut(const char **text, struct words *words)
{
	char *word = must_alloc(strlen(*text) + 1, 1);
	enum shell_cut result = CUT_COMMAND;

	words_clear(words);
	while (result == CUT_COMMAND) {
		*text += strspn(*text, BLANKS);
		if (**text == '#') {
			*text += strcspn(*text, "\n");
		}
		if (**text == '\0' || strchr(ENDS, **text) != NULL) {
			if (words->count > 0) {
				break;
			}
			if (**text == '\0') {
				result = CUT_END;
			} else {
				(*text)++;
			}
		} else if (cut_word(text, word)) {
			words_add(words, word);
		} else {
			result = CUT_UNCLOSED;
		}
	}
	free(word);
	return result;
}
