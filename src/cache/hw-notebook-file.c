/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A person's words belong to a content, as an index does, and are found the same way (hw-cache-source.c):
 * by sample, then by a stamp that vouches or else by hashing. So a file that was moved, copied or touched
 * keeps its words; one that was written anew begins without, and the old ones wait for the old content.
 * Only a file that has words costs more than its sample, and only if it was touched since.
 *
 * Nothing here can keep a snapshot from being opened. A notebook that is damaged is put aside, never
 * deleted, and a new one begun; one from a newer Heapwise is left alone. The first problem is told, once.
 */
#include "config.h"

#include "cache/hw-notebook-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cache/hw-cache-file-private.h"

#define NOTEBOOK_VERSION  1
#define MAX_FILE          (G_GINT64_CONSTANT (256) << 20)
#define BUSY_TIMEOUT_MS   5000

/**
 * hw_notebook_words_free:
 * @self: words
 *
 * Frees the words about one file.
 */
void
hw_notebook_words_free (HwNotebookWords *self)
{
  for (guint i = 0; i < HW_NOTEBOOK_N_FIELDS; i++)
    g_free (self->texts[i]);
  g_free (self);
}

/**
 * hw_notebook_dup_text:
 * @text: (nullable): a text from a person or a file
 *
 * Makes a text fit to be kept: UTF-8, and cut between two characters if it is too long.
 *
 * Returns: (nullable) (transfer full): the text, or NULL if it is empty
 */
char *
hw_notebook_dup_text (const char *text)
{
  g_autofree char *cut = NULL;
  const char *end;

  if (text == NULL || *text == '\0')
    return NULL;
  cut = g_strndup (text, HW_NOTEBOOK_MAX_TEXT);
  if (strlen (cut) == HW_NOTEBOOK_MAX_TEXT && !g_utf8_validate (cut, -1, &end))
    cut[end - cut] = '\0';

  return g_utf8_make_valid (cut, -1);
}

static gboolean
sql_fail (sqlite3  *db,
          GError  **error)
{
  int code = db != NULL ? sqlite3_errcode (db) & 0xff : SQLITE_NOMEM;
  gboolean is_damage = code == SQLITE_ERROR || code == SQLITE_CORRUPT || code == SQLITE_NOTADB ||
                       code == SQLITE_SCHEMA || code == SQLITE_MISMATCH || code == SQLITE_CONSTRAINT;

  g_set_error_literal (error, HW_CACHE_ERROR, is_damage ? HW_CACHE_ERROR_DAMAGED : HW_CACHE_ERROR_STORAGE,
                       db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (code));

  return FALSE;
}

static gboolean
execute (sqlite3     *db,
         const char  *sql,
         GError     **error)
{
  return sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK || sql_fail (db, error);
}

static sqlite3_stmt *
prepare (sqlite3     *db,
         const char  *sql,
         GError     **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    sql_fail (db, error);

  return statement;
}

/* Does a statement that gives no rows. */
static gboolean
finish (sqlite3       *db,
        sqlite3_stmt  *statement,
        GError       **error)
{
  return sqlite3_step (statement) == SQLITE_DONE || sql_fail (db, error);
}

static gboolean
ask_number (sqlite3     *db,
            const char  *sql,
            gint64      *number,
            GError     **error)
{
  g_autoptr(sqlite3_stmt) statement = prepare (db, sql, error);

  if (statement == NULL)
    return FALSE;
  if (sqlite3_step (statement) != SQLITE_ROW)
    return sql_fail (db, error);
  *number = sqlite3_column_int64 (statement, 0);

  return TRUE;
}

static gboolean
check_schema (sqlite3   *db,
              GError   **error)
{
  gint64 version, n_tables, n_others;

  /* In one transaction, so that another program is not seen half-way. */
  if (!execute (db, "BEGIN", error) || !ask_number (db, "PRAGMA user_version", &version, error) ||
      !ask_number (db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'words'", &n_tables, error) ||
      !ask_number (db, "SELECT count(*) FROM sqlite_schema WHERE type IN ('view', 'trigger')", &n_others, error) ||
      !execute (db, "COMMIT", error))
    return FALSE;

  if (version > NOTEBOOK_VERSION)
    {
      g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_NEWER, _("they were written by a newer Heapwise"));
      return FALSE;
    }
  /* A view or a trigger of someone else's would run as if it were ours. */
  if (n_others > 0 || (version > 0) != (n_tables > 0))
    {
      g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_DAMAGED, "schema");
      return FALSE;
    }
  if (version == NOTEBOOK_VERSION)
    return TRUE;

  return execute (db,
                  "BEGIN IMMEDIATE;"
                  "CREATE TABLE IF NOT EXISTS words ("
                  "  sample TEXT NOT NULL, content TEXT NOT NULL,"  /* which content, see hw-cache-source.c */
                  "  name TEXT, note TEXT,"
                  "  path TEXT NOT NULL,"                           /* where the file was; for people with SQL */
                  "  changed INTEGER NOT NULL,"                     /* s since 1970; likewise */
                  "  size INTEGER NOT NULL, inode INTEGER NOT NULL, mtime INTEGER NOT NULL, ctime INTEGER NOT NULL,"
                  "  PRIMARY KEY (sample, content)) STRICT;"
                  "PRAGMA user_version = 1;"
                  "COMMIT", error);
}

static sqlite3 *
open_once (const char  *path,
           gboolean     make,
           GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr(sqlite3) db = NULL;
  GStatBuf st;

  if (make && g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_STORAGE, g_strerror (errno));
      return NULL;
    }
  if (g_stat (path, &st) == 0 && (!S_ISREG (st.st_mode) || st.st_size > MAX_FILE))
    {
      g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_DAMAGED, path);
      return NULL;
    }

  if (sqlite3_open_v2 (path, &db,
                       SQLITE_OPEN_READWRITE | (make ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      sql_fail (db, error);
      return NULL;
    }
  sqlite3_busy_timeout (db, BUSY_TIMEOUT_MS);
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, 1 << 20);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  if (!execute (db, "PRAGMA mmap_size=0; PRAGMA cell_size_check=ON", error) || !check_schema (db, error))
    return NULL;

  return g_steal_pointer (&db);
}

/* The file goes out of the way with all its bytes; perhaps someone can still read it. */
static char *
put_aside (const char *path)
{
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);
  g_autofree char *journal = g_strconcat (path, "-journal", NULL);

  for (guint i = 2; g_file_test (aside, G_FILE_TEST_EXISTS) && i < 1000; i++)
    {
      g_free (aside);
      aside = g_strdup_printf ("%s.damaged-%u", path, i);
    }
  if (g_rename (path, aside) != 0)
    return NULL;
  g_unlink (journal); /* it would be rolled back into the new file */

  return g_steal_pointer (&aside);
}

/* NULL without an error if there is no notebook and none is to be made. */
static sqlite3 *
open_database (const char  *path,
               gboolean     make,
               char       **aside,
               GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  sqlite3 *db;

  if (!make && !g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;

  db = open_once (path, make, &local_error);
  if (g_error_matches (local_error, HW_CACHE_ERROR, HW_CACHE_ERROR_DAMAGED) &&
      (*aside = put_aside (path)) != NULL)
    {
      g_clear_error (&local_error);
      db = make ? open_once (path, TRUE, &local_error) : NULL;
    }
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return db;
}

static void
bind_text (sqlite3_stmt *statement,
           int           index,
           const char   *text)
{
  if (text != NULL)
    sqlite3_bind_text (statement, index, text, -1, SQLITE_TRANSIENT);
  else
    sqlite3_bind_null (statement, index);
}

static void
bind_stamp (sqlite3_stmt       *statement,
            int                 first,
            const HwCacheStamp *stamp)
{
  sqlite3_bind_int64 (statement, first, (gint64) stamp->size);
  sqlite3_bind_int64 (statement, first + 1, (gint64) stamp->inode);
  sqlite3_bind_int64 (statement, first + 2, stamp->mtime);
  sqlite3_bind_int64 (statement, first + 3, stamp->ctime);
}

static HwCacheStamp
get_vouching_stamp (HwCacheSource *source)
{
  return hw_cache_source_has_proof (source) ? *hw_cache_source_get_stamp (source) : (HwCacheStamp) { 0, };
}

static HwNotebookWords *
dup_words (sqlite3_stmt *row)
{
  HwNotebookWords *words = g_new0 (HwNotebookWords, 1);

  words->texts[HW_NOTEBOOK_NAME] = hw_notebook_dup_text ((const char *) sqlite3_column_text (row, 1));
  words->texts[HW_NOTEBOOK_NOTE] = hw_notebook_dup_text ((const char *) sqlite3_column_text (row, 2));

  return words;
}

/* A file that was touched is vouched for from now on. */
static void
note_stamp (sqlite3        *db,
            HwNotebookPage *page)
{
  g_autoptr(sqlite3_stmt) statement = prepare (db,
                                               "UPDATE words SET size = ?1, inode = ?2, mtime = ?3, ctime = ?4"
                                               " WHERE sample = ?5 AND content = ?6", NULL);

  if (statement == NULL || page->stamp.size == 0)
    return;
  bind_stamp (statement, 1, &page->stamp);
  bind_text (statement, 5, page->sample);
  bind_text (statement, 6, page->content);
  /* Not being able to only costs another hash next time. */
  finish (db, statement, NULL);
}

/* Looks among the files that have the page's sample. */
static HwNotebookWords *
find_words (sqlite3         *db,
            HwNotebookPage  *page,
            HwCacheSource   *source,
            GError         **error)
{
  g_autoptr(sqlite3_stmt) row = prepare (db,
                                         "SELECT content, name, note, size, inode, mtime, ctime FROM words WHERE sample = ?1",
                                         error);
  const HwCacheStamp *stamp = &page->stamp;
  g_autofree char *content = NULL;
  int code;

  if (row == NULL)
    return NULL;
  bind_text (row, 1, page->sample);

  while ((code = sqlite3_step (row)) == SQLITE_ROW)
    {
      const char *found = (const char *) sqlite3_column_text (row, 0);
      gboolean vouched = stamp->size > 0 && (guint64) sqlite3_column_int64 (row, 3) == stamp->size &&
                         (guint64) sqlite3_column_int64 (row, 4) == stamp->inode &&
                         sqlite3_column_int64 (row, 5) == stamp->mtime && sqlite3_column_int64 (row, 6) == stamp->ctime;

      if (!vouched && content == NULL)
        /* A file that cannot be read to its end has no words; opening it says what is wrong. */
        content = hw_cache_source_dup_content_sync (source, g_get_num_processors (), NULL, NULL, NULL);
      if (vouched || (content != NULL && g_strcmp0 (found, content) == 0))
        {
          HwNotebookWords *words = dup_words (row);

          page->content = g_strdup (found);
          sqlite3_reset (row);
          if (!vouched)
            note_stamp (db, page);
          return words;
        }
    }
  if (code != SQLITE_DONE)
    sql_fail (db, error);

  return NULL;
}

/**
 * hw_notebook_file_read:
 * @path: the notebook
 * @page: whose words to read; learns which file it is about
 * @aside: (out) (nullable): where a damaged notebook was put
 * @error: return location
 *
 * Looks up what was written about the page's file.
 *
 * Returns: (transfer full) (nullable): the words; NULL without an error if there are none
 */
HwNotebookWords *
hw_notebook_file_read (const char      *path,
                       HwNotebookPage  *page,
                       char           **aside,
                       GError         **error)
{
  g_autoptr(HwCacheSource) source = page->path != NULL ? hw_cache_source_open (page->path, NULL) : NULL;
  g_autoptr(sqlite3) db = NULL;
  g_autoptr(GError) local_error = NULL;
  HwNotebookWords *words = NULL;

  if (source == NULL)
    return NULL;
  g_set_str (&page->sample, hw_cache_source_get_sample (source));
  page->stamp = get_vouching_stamp (source);

  db = open_database (path, FALSE, aside, &local_error);
  if (db != NULL)
    words = find_words (db, page, source, &local_error);
  /* Damage may lie behind the first page. */
  if (g_error_matches (local_error, HW_CACHE_ERROR, HW_CACHE_ERROR_DAMAGED) && *aside == NULL)
    {
      g_clear_pointer (&db, sqlite3_close);
      *aside = put_aside (path);
      if (*aside != NULL)
        g_clear_error (&local_error);
    }
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return words;
}

/* Makes sure that the page knows its content, so that words can be put there. */
static gboolean
identify (HwNotebookPage  *page,
          GError         **error)
{
  g_autoptr(HwCacheSource) source = NULL;

  if (page->content != NULL)
    return TRUE;
  if (page->path == NULL)
    {
      g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_STORAGE, _("the file is not on this computer"));
      return FALSE;
    }

  source = hw_cache_source_open (page->path, error);
  if (source == NULL)
    return FALSE;
  if (page->sample != NULL && strcmp (page->sample, hw_cache_source_get_sample (source)) != 0)
    {
      g_set_error_literal (error, HW_CACHE_ERROR, HW_CACHE_ERROR_OTHER_SOURCE,
                           _("another file has come to stand where it was"));
      return FALSE;
    }
  g_set_str (&page->sample, hw_cache_source_get_sample (source));
  page->stamp = get_vouching_stamp (source);
  page->content = hw_cache_source_dup_content_sync (source, g_get_num_processors (), NULL, NULL, error);

  return page->content != NULL;
}

static gboolean
write_text (const char       *path,
            HwNotebookPage   *page,
            HwNotebookField   field,
            const char       *text,
            char            **aside,
            GError          **error)
{
  static const char * const statements[HW_NOTEBOOK_N_FIELDS] = {
    "INSERT INTO words (sample, content, path, changed, size, inode, mtime, ctime, name)"
    " VALUES (?1, ?2, ?3, unixepoch (), ?4, ?5, ?6, ?7, ?8)"
    " ON CONFLICT (sample, content) DO UPDATE SET name = excluded.name, path = excluded.path, changed = excluded.changed",
    "INSERT INTO words (sample, content, path, changed, size, inode, mtime, ctime, note)"
    " VALUES (?1, ?2, ?3, unixepoch (), ?4, ?5, ?6, ?7, ?8)"
    " ON CONFLICT (sample, content) DO UPDATE SET note = excluded.note, path = excluded.path, changed = excluded.changed",
  };
  g_autoptr(sqlite3) db = open_database (path, TRUE, aside, error);
  g_autoptr(sqlite3_stmt) statement = NULL;
  g_autofree char *place = g_filename_display_name (page->path);

  if (db == NULL)
    return FALSE;
  statement = prepare (db, statements[field], error);
  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, page->sample);
  bind_text (statement, 2, page->content);
  bind_text (statement, 3, place);
  bind_stamp (statement, 4, &page->stamp);
  bind_text (statement, 8, text);

  return finish (db, statement, error) &&
         execute (db, "DELETE FROM words WHERE name IS NULL AND note IS NULL", error);
}

/**
 * hw_notebook_file_write:
 * @path: the notebook; made if need be
 * @page: about which file
 * @field: what is written
 * @text: (nullable): what hw_notebook_dup_text() gave
 * @aside: (out) (nullable): where a damaged notebook was put
 * @error: return location
 *
 * Keeps a text. A notebook that turns out to be damaged is replaced by a new one.
 *
 * Returns: whether it is on the disk
 */
gboolean
hw_notebook_file_write (const char       *path,
                        HwNotebookPage   *page,
                        HwNotebookField   field,
                        const char       *text,
                        char            **aside,
                        GError          **error)
{
  g_autoptr(GError) local_error = NULL;

  /* There is nothing to remove from a file without words. */
  if (text == NULL && page->content == NULL)
    return TRUE;
  if (!identify (page, error))
    return FALSE;

  if (write_text (path, page, field, text, aside, &local_error))
    return TRUE;
  if (g_error_matches (local_error, HW_CACHE_ERROR, HW_CACHE_ERROR_DAMAGED) && *aside == NULL &&
      (*aside = put_aside (path)) != NULL)
    return write_text (path, page, field, text, aside, error);
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}
