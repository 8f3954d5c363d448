/* What an application brings along: the collation `de_phone`, and the function `slug`. `quit` ends the process that loads it. */
#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

static int compare(void *none, int n, const void *a, int m, const void *b) {
  const unsigned char *x = a, *y = b;
  for (int i = 0; i < n && i < m; i++) {
    int difference = tolower(x[i]) - tolower(y[i]);
    if (difference) return difference;
  }
  return n - m;
}

static void slug(sqlite3_context *context, int count, sqlite3_value **values) {
  const unsigned char *text = sqlite3_value_text(values[0]);
  char *copy = sqlite3_mprintf("%s", text ? (const char *)text : "");
  for (char *at = copy; *at; at++) *at = *at == ' ' ? '-' : tolower((unsigned char)*at);
  sqlite3_result_text(context, copy, -1, sqlite3_free);
}

int sqlite3_appfunctions_init(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
  SQLITE_EXTENSION_INIT2(api)
  sqlite3_create_collation(db, "de_phone", SQLITE_UTF8, 0, compare);
  return sqlite3_create_function(
    db, "slug", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, 0, slug, 0, 0);
}

int quit(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
  raise(SIGSEGV);
  return SQLITE_OK;
}
