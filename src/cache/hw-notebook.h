/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HwNotebookField:
 * @HW_NOTEBOOK_NAME: what the person calls the snapshot
 * @HW_NOTEBOOK_NOTE: what the person wrote about it; may have several lines
 *
 * What can be written about a snapshot.
 */
typedef enum
{
  HW_NOTEBOOK_NAME,
  HW_NOTEBOOK_NOTE,
  HW_NOTEBOOK_N_FIELDS,
} HwNotebookField;

/* Bytes of a text; what is longer is cut. */
#define HW_NOTEBOOK_MAX_TEXT 65536

/**
 * HwNotebook:
 *
 * The names and notes a person gave to snapshots: one small SQLite file that no eviction touches.
 *
 * Thread-safe, but the property `problem` is notified in the main context of the thread that made the
 * notebook. All reading and writing is done in order by one thread behind the caller's back. Letting
 * go of the last reference waits for what is not yet written.
 */
#define HW_TYPE_NOTEBOOK (hw_notebook_get_type ())

G_DECLARE_FINAL_TYPE (HwNotebook, hw_notebook, HW, NOTEBOOK, GObject)

/**
 * HwNotebookPage:
 *
 * Where the words about one file stand: the file as it was when the page was opened, not what later
 * comes to stand at the same place. Atomic reference count.
 */
typedef struct _HwNotebookPage HwNotebookPage;

HwNotebook     *hw_notebook_new         (const char           *path) G_GNUC_WARN_UNUSED_RESULT;
char           *hw_notebook_dup_problem (HwNotebook           *self) G_GNUC_WARN_UNUSED_RESULT;
void            hw_notebook_flush_sync  (HwNotebook           *self);
HwNotebookPage *hw_notebook_page_new    (GFile                *file) G_GNUC_WARN_UNUSED_RESULT;
void            hw_notebook_page_unref  (HwNotebookPage       *page);
void            hw_notebook_read_async  (HwNotebook           *self,
                                         HwNotebookPage       *page,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gboolean        hw_notebook_read_finish (HwNotebook           *self,
                                         GAsyncResult         *result,
                                         char                **name,
                                         char                **note);
void            hw_notebook_write       (HwNotebook           *self,
                                         HwNotebookPage       *page,
                                         HwNotebookField       field,
                                         const char           *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwNotebookPage, hw_notebook_page_unref)

G_END_DECLS
