/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/hw-cache-source-private.h"
#include "cache/hw-notebook.h"

G_BEGIN_DECLS

struct _HwNotebookPage
{
  char         *path;         /* NULL for a file that is not on this computer */

  /* The notebook's thread only. */
  char         *sample;       /* NULL until known */
  char         *content;      /* likewise; hashed when first written */
  HwCacheStamp  stamp;        /* zeros if it would vouch for nothing */
};

typedef struct
{
  char *texts[HW_NOTEBOOK_N_FIELDS];
} HwNotebookWords;

void             hw_notebook_words_free (HwNotebookWords  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwNotebookWords, hw_notebook_words_free)

/* hw-notebook-file.c; to be called by one thread at a time for one page */
char            *hw_notebook_dup_text   (const char       *text) G_GNUC_WARN_UNUSED_RESULT;
HwNotebookWords *hw_notebook_file_read  (const char       *path,
                                         HwNotebookPage   *page,
                                         char            **aside,
                                         GError          **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean         hw_notebook_file_write (const char       *path,
                                         HwNotebookPage   *page,
                                         HwNotebookField   field,
                                         const char       *text,
                                         char            **aside,
                                         GError          **error);

G_END_DECLS
