/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "inspector/hw-address-private.h"
#include "inspector/hw-inspector-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DEFAULT_PORT 9229

HwAddress *
hw_address_new (const char *host,
                guint16     port)
{
  HwAddress *self = g_new0 (HwAddress, 1);

  self->host = g_strdup (host);
  self->port = port;

  return self;
}

/* A name or number of a machine; anything else was not meant as one. */
static gboolean
is_host (const char *host)
{
  if (host == NULL || *host == 0)
    return FALSE;
  for (; *host != 0; host++)
    if (!g_ascii_isalnum (*host) && strchr ("-._:%", *host) == NULL)
      return FALSE;

  return TRUE;
}

/*
 * Reads `port`, `port/path`, `host`, `host:port`, `[::1]:port`, `ws://host:port/path` and the same with `wss`, `http`,
 * `https`. Fails with HW_INSPECTOR_ERROR_ADDRESS.
 */
HwAddress *
hw_address_parse (const char  *text,
                  GError     **error)
{
  g_autoptr(HwAddress) self = g_new0 (HwAddress, 1);
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *full = NULL;
  g_autoptr(GUri) uri = NULL;
  const char *scheme, *path;

  if (g_ascii_isdigit (*stripped) && strspn (stripped, "0123456789") == strcspn (stripped, "/"))
    full = g_strconcat ("ws://127.0.0.1:", stripped, NULL);
  else if (strstr (stripped, "://") == NULL)
    full = g_strconcat ("ws://", stripped, NULL);
  else
    full = g_strdup (stripped);

  uri = g_uri_parse (full, G_URI_FLAGS_NONE, NULL);
  scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  if (uri == NULL || !is_host (g_uri_get_host (uri)) || g_uri_get_port (uri) == 0 ||
      !(g_str_equal (scheme, "ws") || g_str_equal (scheme, "wss") ||
        g_str_equal (scheme, "http") || g_str_equal (scheme, "https")))
    {
      g_set_error (error, HW_INSPECTOR_ERROR, HW_INSPECTOR_ERROR_ADDRESS,
                   _("“%s” is no address: it should look like localhost:9229 or ws://…"), stripped);
      return NULL;
    }

  self->is_tls = g_str_equal (scheme, "wss") || g_str_equal (scheme, "https");
  self->host = g_strdup (g_uri_get_host (uri));
  self->port = g_uri_get_port (uri) > 0 ? (guint16) g_uri_get_port (uri) : self->is_tls ? 443 : DEFAULT_PORT;
  path = g_uri_get_path (uri);
  if (g_str_has_prefix (scheme, "ws") && path[0] == '/' && path[1] != 0)
    self->path = g_strdup (path);

  return g_steal_pointer (&self);
}

HwAddress *
hw_address_copy (const HwAddress *self)
{
  HwAddress *copy = hw_address_new (self->host, self->port);

  copy->is_tls = self->is_tls;
  copy->path = g_strdup (self->path);

  return copy;
}

void
hw_address_free (HwAddress *self)
{
  g_free (self->host);
  g_free (self->path);
  g_free (self);
}

/* Whether only this machine is reached; a name is believed only when it is `localhost`. */
gboolean
hw_address_is_loopback (const HwAddress *self)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (self->host);

  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_ascii_strcasecmp (self->host, "localhost") == 0;
}

static char *
dup_authority (const HwAddress *self)
{
  gboolean is_v6 = strchr (self->host, ':') != NULL;

  return g_strdup_printf ("%s%s%s:%u", is_v6 ? "[" : "", self->host, is_v6 ? "]" : "", self->port);
}

/* `host:port`, as a person reads it. */
char *
hw_address_dup_label (const HwAddress *self)
{
  return dup_authority (self);
}

/* An address of `http` or `ws`, with an s where the peer is behind TLS. */
char *
hw_address_dup_uri (const HwAddress *self,
                    const char      *scheme,
                    const char      *path)
{
  g_autofree char *authority = dup_authority (self);

  return g_strconcat (scheme, self->is_tls ? "s" : "", "://", authority, path, NULL);
}

/* The Host header for a peer that has a name; NULL when the address itself is what runtimes accept. */
char *
hw_address_dup_host (const HwAddress *self)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (self->host);

  if (address != NULL || g_ascii_strcasecmp (self->host, "localhost") == 0)
    return NULL;

  return g_strdup_printf ("localhost:%u", self->port);
}
