/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person calls a capture and wrote about it, and what it says of itself in the header. */
#include "config.h"

#include "app/hw-capture-private.h"

#include <glib/gi18n.h>

#include "app/hw-words.h"

/* The name that is shown: the person's, or else the file's. */
static void
show_title (HwCapture *self)
{
  g_autofree char *file_title = self->name == NULL ? hw_words_for_title (self->file) : NULL;

  if (g_set_str (&self->title, self->name != NULL ? self->name : file_title))
    hw_capture_notify (self, PROP_TITLE);
}

static void
words_read_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(HwCapture) self = user_data;
  g_autofree char *name = NULL;
  g_autofree char *note = NULL;

  hw_notebook_read_finish (HW_NOTEBOOK (source), result, &name, &note);

  /* What was typed in the meantime is newer. */
  if (name != NULL && !self->is_named)
    {
      g_set_str (&self->name, name);
      show_title (self);
    }
  if (note != NULL && !self->is_noted && g_set_str (&self->note, note))
    hw_capture_notify (self, PROP_NOTE);
}

/* Begins to look up what the person wrote about the file earlier. */
void
hw_capture_read_words (HwCapture  *self,
                       HwNotebook *notebook)
{
  self->title = hw_words_for_title (self->file);
  if (notebook == NULL)
    return;

  self->notebook = g_object_ref (notebook);
  self->page = hw_notebook_page_new (self->file);
  hw_notebook_read_async (notebook, self->page, words_read_cb, g_object_ref (self));
}

static void
keep (HwCapture       *self,
      HwNotebookField  field,
      const char      *text)
{
  if (self->notebook != NULL)
    hw_notebook_write (self->notebook, self->page, field, text);
}

/**
 * hw_capture_get_title:
 * @self: a capture
 *
 * Returns: what the person calls it
 */
const char *
hw_capture_get_title (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  return self->title;
}

/**
 * hw_capture_set_title:
 * @self: a capture
 * @title: (nullable): a name; empty, or the file's, goes back to the file's
 *
 * Names the capture, also for the next time its file is opened. The file keeps its name.
 */
void
hw_capture_set_title (HwCapture  *self,
                      const char *title)
{
  g_autofree char *file_title = NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (HW_IS_CAPTURE (self));

  file_title = hw_words_for_title (self->file);
  text = g_strstrip (g_strdup (title != NULL ? title : ""));
  if (*text == '\0' || g_str_equal (text, file_title))
    g_clear_pointer (&text, g_free);

  if (!g_set_str (&self->name, text))
    return;
  self->is_named = TRUE;
  keep (self, HW_NOTEBOOK_NAME, text);
  show_title (self);
}

/**
 * hw_capture_get_note:
 * @self: a capture
 *
 * Returns: (nullable): what the person wrote about it; may have several lines
 */
const char *
hw_capture_get_note (HwCapture *self)
{
  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  return self->note;
}

/**
 * hw_capture_set_note:
 * @self: a capture
 * @note: (nullable): what the person wrote; nothing but space removes the note
 *
 * Keeps a note about the capture, also for the next time its file is opened.
 */
void
hw_capture_set_note (HwCapture  *self,
                     const char *note)
{
  g_autofree char *text = NULL;

  g_return_if_fail (HW_IS_CAPTURE (self));

  text = g_strstrip (g_strdup (note != NULL ? note : ""));
  if (*text == '\0')
    g_clear_pointer (&text, g_free);

  if (!g_set_str (&self->note, text))
    return;
  self->is_noted = TRUE;
  keep (self, HW_NOTEBOOK_NOTE, text);
  hw_capture_notify (self, PROP_NOTE);
}

/**
 * hw_capture_dup_headline:
 * @self: a capture
 *
 * Returns: (transfer full): its size and who made it, so far as known; else what is going on
 */
char *
hw_capture_dup_headline (HwCapture *self)
{
  g_autofree char *size = NULL;
  g_autofree char *producer = NULL;

  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  if (self->state != HW_CAPTURE_READY || self->heap == NULL)
    return g_strdup (self->subtitle);

  size = hw_format_size (hw_capture_get_size (self));
  producer = hw_producer_dup_text (hw_heap_get_producer (self->heap));

  /* Translators: the size of a snapshot, then the program that made it */
  return g_strdup_printf (_("%s · %s"), size, producer);
}

/**
 * hw_capture_dup_details:
 * @self: a capture
 *
 * Returns: (transfer full): where the file is; when it was written and how large its heap is; who made
 *   it; what the person wrote: a line or more of each, so far as known
 */
char *
hw_capture_dup_details (HwCapture *self)
{
  g_autoptr(GString) text = NULL;
  g_autofree char *place = NULL;

  g_return_val_if_fail (HW_IS_CAPTURE (self), NULL);

  place = g_file_get_parse_name (self->file);
  text = g_string_new (place);
  if (*self->subtitle != '\0')
    g_string_append_printf (text, "\n%s", self->subtitle);
  if (self->heap != NULL)
    {
      const HwProducer *producer = hw_heap_get_producer (self->heap);
      g_autofree char *name = hw_producer_dup_text (producer);

      g_string_append_printf (text, "\n%s", name);
      if (*producer->v8_version != '\0')
        g_string_append_printf (text, " (V8 %s)", producer->v8_version);
      if (!hw_heap_get_has_texts (self->heap))
        g_string_append_printf (text, "\n%s",
                                _("This format does not hold what strings, symbols, numbers and regular expressions say."));
    }
  if (self->note != NULL)
    g_string_append_printf (text, "\n\n%s", self->note);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
