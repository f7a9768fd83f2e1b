/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cache/hw-notebook-private.h"

#include <glib/gi18n-lib.h>

struct _HwNotebook
{
  GObject       parent_instance;

  char         *path;
  GMainContext *context;      /* of the maker */
  GThreadPool  *pool;         /* of one thread */
  GWeakRef      weak;         /* to itself, for that thread: it does not keep the notebook alive */

  GMutex        mutex;        /* of what follows */
  GCond         idle;         /* signalled when no job is left */
  guint         n_jobs;
  char         *problem;
};

typedef struct
{
  HwNotebookPage  *page;
  GTask           *task;      /* NULL for writing */
  HwNotebookField  field;
  char            *text;      /* NULL removes it */
} Job;

enum
{
  PROP_PROBLEM = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (HwNotebook, hw_notebook, G_TYPE_OBJECT)

static void
page_clear (gpointer data)
{
  HwNotebookPage *page = data;

  g_free (page->path);
  g_free (page->sample);
  g_free (page->content);
}

/**
 * hw_notebook_page_new:
 * @file: a snapshot
 *
 * Returns: (transfer full): the place for words about @file; nothing is read yet
 */
HwNotebookPage *
hw_notebook_page_new (GFile *file)
{
  HwNotebookPage *page;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  page = g_atomic_rc_box_new0 (HwNotebookPage);
  page->path = g_file_get_path (file);

  return page;
}

/**
 * hw_notebook_page_unref:
 * @page: a page
 *
 * Gives back a reference.
 */
void
hw_notebook_page_unref (HwNotebookPage *page)
{
  g_atomic_rc_box_release_full (page, page_clear);
}

static void
job_free (Job *job)
{
  hw_notebook_page_unref (job->page);
  g_free (job->text);
  g_free (job);
}

static gboolean
notify_problem_cb (gpointer self)
{
  g_object_notify_by_pspec (self, properties[PROP_PROBLEM]);

  return G_SOURCE_REMOVE;
}

/* Of several problems the first is told: the others mostly follow from it. */
static void
set_problem (HwNotebook *self,
             const char *text)
{
  HwNotebook *alive;
  gboolean is_first;

  g_mutex_lock (&self->mutex);
  is_first = self->problem == NULL;
  if (is_first)
    self->problem = g_strdup (text);
  g_mutex_unlock (&self->mutex);

  if (is_first && (alive = g_weak_ref_get (&self->weak)) != NULL)
    {
      g_autoptr(GSource) source = g_idle_source_new ();

      g_source_set_callback (source, notify_problem_cb, alive, g_object_unref);
      g_source_attach (source, self->context);
    }
}

static gboolean
drop_cb (gpointer task G_GNUC_UNUSED)
{
  return G_SOURCE_REMOVE;
}

/* A task holds the notebook, which cannot end on its own thread. */
static void
drop_task (HwNotebook *self,
           GTask      *task)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_callback (source, drop_cb, task, g_object_unref);
  g_source_attach (source, self->context);
}

static void
run_job (gpointer data,
         gpointer user_data)
{
  Job *job = data;
  HwNotebook *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *aside = NULL;
  g_autofree char *problem = NULL;

  if (job->task != NULL)
    {
      HwNotebookWords *words = hw_notebook_file_read (self->path, job->page, &aside, &error);

      if (error != NULL)
        problem = g_strdup_printf (_("The names and notes of snapshots cannot be read: %s"), error->message);
      g_task_return_pointer (job->task, words, (GDestroyNotify) hw_notebook_words_free);
      drop_task (self, g_steal_pointer (&job->task));
    }
  else if (!hw_notebook_file_write (self->path, job->page, job->field, job->text, &aside, &error))
    {
      problem = g_strdup_printf (_("Names and notes will be forgotten when Heapwise is closed: %s"), error->message);
    }
  if (aside != NULL)
    {
      g_autofree char *name = g_filename_display_basename (aside);

      g_free (problem);
      problem = g_strdup_printf (_("The names and notes of snapshots were damaged; what is left of them is kept as “%s”"),
                                 name);
    }
  if (problem != NULL)
    set_problem (self, problem);
  job_free (job);

  g_mutex_lock (&self->mutex);
  if (--self->n_jobs == 0)
    g_cond_broadcast (&self->idle);
  g_mutex_unlock (&self->mutex);
}

static void
push_job (HwNotebook      *self,
          HwNotebookPage  *page,
          GTask           *task,
          HwNotebookField  field,
          const char      *text)
{
  Job *job = g_new0 (Job, 1);

  job->page = g_atomic_rc_box_acquire (page);
  job->task = task;
  job->field = field;
  job->text = hw_notebook_dup_text (text);

  g_mutex_lock (&self->mutex);
  self->n_jobs++;
  g_mutex_unlock (&self->mutex);
  /* Without a thread the job waits in the queue for one. */
  g_thread_pool_push (self->pool, job, NULL);
}

static void
hw_notebook_finalize (GObject *object)
{
  HwNotebook *self = HW_NOTEBOOK (object);

  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_weak_ref_clear (&self->weak);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->idle);
  g_free (self->path);
  g_free (self->problem);

  G_OBJECT_CLASS (hw_notebook_parent_class)->finalize (object);
}

static void
hw_notebook_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  if (prop_id == PROP_PROBLEM)
    g_value_take_string (value, hw_notebook_dup_problem (HW_NOTEBOOK (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_notebook_class_init (HwNotebookClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hw_notebook_finalize;
  object_class->get_property = hw_notebook_get_property;

  /**
   * HwNotebook:problem:
   *
   * The first thing that went wrong, one sentence for the person. Notified once.
   */
  properties[PROP_PROBLEM] =
    g_param_spec_string ("problem", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
hw_notebook_init (HwNotebook *self)
{
  g_weak_ref_init (&self->weak, self);
  self->context = g_main_context_ref_thread_default ();
  self->pool = g_thread_pool_new (run_job, self, 1, FALSE, NULL);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->idle);
}

/**
 * hw_notebook_new:
 * @path: where the words are kept; made when the first one is written
 *
 * Returns: (transfer full): a new notebook
 */
HwNotebook *
hw_notebook_new (const char *path)
{
  HwNotebook *self;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (HW_TYPE_NOTEBOOK, NULL);
  self->path = g_strdup (path);

  return self;
}

/**
 * hw_notebook_dup_problem:
 * @self: a notebook
 *
 * Returns: (nullable) (transfer full): the first thing that went wrong, one sentence
 */
char *
hw_notebook_dup_problem (HwNotebook *self)
{
  char *problem;

  g_return_val_if_fail (HW_IS_NOTEBOOK (self), NULL);

  g_mutex_lock (&self->mutex);
  problem = g_strdup (self->problem);
  g_mutex_unlock (&self->mutex);

  return problem;
}

/**
 * hw_notebook_flush_sync:
 * @self: a notebook
 *
 * Waits until everything asked so far is done.
 */
void
hw_notebook_flush_sync (HwNotebook *self)
{
  g_return_if_fail (HW_IS_NOTEBOOK (self));

  g_mutex_lock (&self->mutex);
  while (self->n_jobs > 0)
    g_cond_wait (&self->idle, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

/**
 * hw_notebook_read_async:
 * @self: a notebook
 * @page: whose words to read
 * @callback: (scope async): called when done
 * @user_data: data for @callback
 *
 * Looks up what was written about the page's file.
 *
 * Cost: 16 reads of 4 KiB; reads a file that has words and was touched since to its end.
 */
void
hw_notebook_read_async (HwNotebook          *self,
                        HwNotebookPage      *page,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (HW_IS_NOTEBOOK (self));
  g_return_if_fail (page != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, hw_notebook_read_async);
  push_job (self, page, task, HW_NOTEBOOK_NAME, NULL);
}

/**
 * hw_notebook_read_finish:
 * @self: a notebook
 * @result: the result handed to the callback
 * @name: (out) (nullable): what the person called the file
 * @note: (out) (nullable): what the person wrote about it
 *
 * Takes over the words. Trouble is no error here, see `problem`.
 *
 * Returns: whether there are any
 */
gboolean
hw_notebook_read_finish (HwNotebook    *self,
                         GAsyncResult  *result,
                         char         **name,
                         char         **note)
{
  g_autoptr(HwNotebookWords) words = NULL;

  g_return_val_if_fail (HW_IS_NOTEBOOK (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  words = g_task_propagate_pointer (G_TASK (result), NULL);
  *name = words != NULL ? g_steal_pointer (&words->texts[HW_NOTEBOOK_NAME]) : NULL;
  *note = words != NULL ? g_steal_pointer (&words->texts[HW_NOTEBOOK_NOTE]) : NULL;

  return words != NULL;
}

/**
 * hw_notebook_write:
 * @self: a notebook
 * @page: about which file
 * @field: what is written
 * @text: (nullable): UTF-8; nothing removes what is there
 *
 * Keeps a text. It is written in the background, see hw_notebook_flush_sync().
 *
 * Cost: the first text about a file reads it to its end.
 */
void
hw_notebook_write (HwNotebook      *self,
                   HwNotebookPage  *page,
                   HwNotebookField  field,
                   const char      *text)
{
  g_return_if_fail (HW_IS_NOTEBOOK (self));
  g_return_if_fail (page != NULL);
  g_return_if_fail (field < HW_NOTEBOOK_N_FIELDS);

  push_job (self, page, NULL, field, text);
}
