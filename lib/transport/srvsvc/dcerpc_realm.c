/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The default realm.  Samba's libraries take it from smb.conf alone: without
 * one they make the realm of a bare user name empty, whatever krb5.conf says.
 */
#include <stdio.h>
#include <string.h>

#include "transport/srvsvc/dcerpc_carrier.h"

static char *trim(char *text)
{
	size_t len = 0;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

/* `default_realm = REALM` in this line? */
static bool take_line(char *line, char *realm, size_t size)
{
	char *equals = strchr(line, '=');
	const char *value = NULL;

	if (equals == NULL)
		return false;
	*equals = '\0';
	if (strcmp(trim(line), "default_realm") != 0)
		return false;
	value = trim(equals + 1);
	if (value[0] == '\0' || strlen(value) >= size)
		return false;
	memcpy(realm, value, strlen(value) + 1);
	return true;
}

bool sm_dcerpc_default_realm(const char *path, char *realm, size_t size)
{
	FILE *file = fopen(path, "re");
	bool inside = false;
	bool found = false;
	char line[1024];
	char *text = NULL;

	if (file == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), file) != NULL) {
		text = trim(line);
		if (text[0] == '[')
			inside = strncmp(text, "[libdefaults]", 13) == 0;
		else if (inside && text[0] != '#' && text[0] != ';')
			found = take_line(text, realm, size);
	}
	fclose(file);
	return found;
}
