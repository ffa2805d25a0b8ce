/* azentiko serve */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actor/node.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/mailing.h"
#include "cli/outbound.h"
#include "cli/provision.h"
#include "cli/scripts_arg.h"
#include "cli/store_call.h"
#include "cli/walls.h"
#include "desk_assets.h"
#include "helper/helper.h"
#include "helper/inspect.h"
#include "net/proxy.h"
#include "net/static_file.h"
#include "out/guard.h"
#include "play/study.h"
#include "vm/bundle.h"
#include "widget_assets.h"

#define READY_MS 5000 /* how long the line with the URL waits for the database */

static int say(const char *why)
{
    fprintf(stderr, "azentiko: %s\n", why);
    return EXIT_FAILED;
}

static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

static void set_level(const char *name)
{
    log_set_level(strcmp(name, "debug") == 0   ? LOG_DEBUG
                  : strcmp(name, "warn") == 0  ? LOG_WARN
                  : strcmp(name, "error") == 0 ? LOG_ERROR
                                               : LOG_INFO);
}

/* Once: a data folder that has pk_demo keeps what its owner made of it. */
static int make_demo(const struct options *o)
{
    struct store *s = store_for(o);
    bool exists = false;
    if (s == NULL) return EXIT_FAILED;
    int err = provision_exists(s, "pk_demo", &exists);
    if (err == ERR_OK && !exists) {
        struct bundle *b = scripts_for(o);
        struct buf out;
        buf_init(&out);
        const struct embedded_file *f = &demo_files[0];
        err = b ? provision(s, b, f->data, (size_t)(f->end - f->data), "{\"public_key\":\"pk_demo\"}", &out)
                : ERR_INVALID;
        if (err != ERR_OK) fprintf(stderr, "azentiko: the demo business: %s", buf_cstr(&out));
        buf_deinit(&out);
        bundle_release(b);
    } else if (err != ERR_OK) {
        fprintf(stderr, "azentiko: the demo business: the store does not answer (%s)\n", err_name(err));
    }
    store_close(s);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}

/* Kept for the life of the process. */
static int read_proxies(const struct options *o, struct proxies **out)
{
    const char *why;
    if (proxies_parse(o->value[OPT_TRUSTED_PROXIES], out, &why) == ERR_OK) return EXIT_OK;
    fprintf(stderr, "azentiko: --trusted-proxies: %s, in '%s'\n", why, o->value[OPT_TRUSTED_PROXIES]);
    return EXIT_USAGE;
}

static int check_options(const struct options *o, char *host, size_t host_len, int *port)
{
    if (options_address(o->value[OPT_LISTEN], host, host_len, port) != ERR_OK) {
        fprintf(stderr, "azentiko: --listen: must be ADDRESS:PORT, not '%s'\n", o->value[OPT_LISTEN]);
        return EXIT_USAGE;
    }
    if (options_flag(o, OPT_TEST_MODE) && !is_loopback(host)) {
        fprintf(stderr,
                "azentiko: --test-mode is for tests: it is refused with a listener that is not loopback\n");
        return EXIT_USAGE;
    }
    if (!o->value[OPT_TLS_CERT] != !o->value[OPT_TLS_KEY]) {
        fprintf(stderr, "azentiko: --tls-cert and --tls-key belong together\n");
        return EXIT_USAGE;
    }
    for (enum option_id id = OPT_TLS_CERT; id <= OPT_TLS_KEY; id++)
        if (o->value[id] != NULL && access(o->value[id], R_OK) != 0) {
            fprintf(stderr, "azentiko: --tls-%s: cannot read %s\n", id == OPT_TLS_CERT ? "cert" : "key",
                    o->value[id]);
            return EXIT_USAGE;
        }
    if (options_flag(o, OPT_DEV) && o->value[OPT_SCRIPTS] == NULL) {
        fprintf(stderr, "azentiko: --dev watches a folder: give --scripts DIR\n");
        return EXIT_USAGE;
    }
    return EXIT_OK;
}

/* A server without its helper serves, but takes no files. */
static struct helper *parsers_start(void)
{
    static const helper_job jobs[] = {[NODE_INSPECT] = inspect};
    struct helper *h = NULL;
    if (helper_start(jobs, sizeof jobs / sizeof *jobs, &h) != ERR_OK)
        log_write(LOG_ERROR, "the helper for parsers could not be started");
    return h;
}

static bool says_test_mode(const struct options *o)
{
    bool test = options_flag(o, OPT_TEST_MODE);
    if (test)
        log_write(LOG_WARN,
                  "TEST MODE: test routes are open and loopback has no limits; never use it for visitors");
    return test;
}

static size_t all_assets(struct static_file *files)
{
    size_t n = widget_assets(files);
    desk_assets(files + n);
    return n + DESK_ASSET_COUNT;
}

/* What is read of the options before anything is opened. */
static int read_options(const struct options *o, char *host, size_t host_len, int *port,
                        struct proxies **proxies, struct guard *guard, struct mailing *mailing)
{
    int status = check_options(o, host, host_len, port);
    if (status == EXIT_OK) status = read_proxies(o, proxies);
    if (status == EXIT_OK) status = outbound_read(o, is_loopback(host), guard);
    if (status == EXIT_OK) status = mailing_read(o, mailing);
    return status;
}

static void say_where(const struct node_config *config, uint16_t port, bool demo)
{
    bool v6 = strchr(config->host, ':') != NULL;
    fprintf(stderr, "azentiko: ready at http%s://%s%s%s:%u%s\n", config->cert_file ? "s" : "", v6 ? "[" : "",
            config->host, v6 ? "]" : "", port, demo ? "/chat/pk_demo" : "");
}

int command_serve(const struct options *o)
{
    static struct static_file files[WIDGET_ASSETS_MAX + DESK_ASSET_COUNT];
    char host[64], why[512];
    int port;
    struct proxies *proxies = NULL;
    static struct guard guard;
    static struct mailing mailing;
    int status = read_options(o, host, sizeof host, &port, &proxies, &guard, &mailing);
    if (status != EXIT_OK) return status;
    set_level(o->value[OPT_LOG_LEVEL]);
    umask(077); /* data, keys and sockets are this user's alone */
    mkdir(o->value[OPT_DATA], 0700);
    struct helper *helper = parsers_start(); /* before the walls and everything that is secret */
    walls_raise(o);
    mailing_log(&mailing);
    if (options_flag(o, OPT_DEMO) && make_demo(o) != EXIT_OK) return EXIT_FAILED;
    bool test = says_test_mode(o);
    const struct vm_setting settings[] = {
        {test ? "test_mode" : "production", "1"},
        {"webhook_timeout_ms", o->value[OPT_WEBHOOK_TIMEOUT_MS]},
        {"webhook_scale", guard.loopback ? o->value[OPT_TEST_WEBHOOK_SCALE] : "1"},
        {"widget_page", widget_page()},
        {mailing.on ? "mail_from" : "mail_off", mailing.on ? mailing.from : "1"},
        {"mail_timeout_ms", o->value[OPT_SMTP_TIMEOUT_MS]},
        {"public_url", mailing.public_url},
        {NULL, NULL}};
    struct node_config config = {.data_dir = o->value[OPT_DATA],
                                 .database_url = o->value[OPT_DATABASE],
                                 .scripts_dir = o->value[OPT_SCRIPTS],
                                 .scripts = scripts_files,
                                 .host = host,
                                 .port = (uint16_t)port,
                                 .cert_file = o->value[OPT_TLS_CERT],
                                 .key_file = o->value[OPT_TLS_KEY],
                                 .proxies = proxies,
                                 .guard = &guard,
                                 .helper = helper,
                                 .smtp = mailing.on ? &mailing.smtp : NULL,
                                 .outbound_ca = o->value[OPT_OUTBOUND_CA],
                                 .outbound_names = outbound_names(o),
                                 .workers = options_int(o, OPT_WORKERS),
                                 .test_mode = test,
                                 .watch_scripts = options_flag(o, OPT_DEV),
                                 .idle_seconds = (uint32_t)options_int(o, OPT_IDLE_SECONDS),
                                 .tenant_memory_mb = (uint32_t)options_int(o, OPT_TENANT_MEMORY_MB),
                                 .turn_ms = (uint32_t)options_int(o, OPT_TURN_MS),
                                 .tenant_cpu_s = (uint32_t)options_int(o, OPT_TENANT_CPU_SECONDS),
                                 .files = files,
                                 .file_count = all_assets(files),
                                 .settings = settings,
                                 .study = study_of_tenant};
    struct node *n;
    if (node_open(&config, &n, why, sizeof why) != ERR_OK) return say(why);
    if (!node_await_ready(n, READY_MS))
        log_write(LOG_WARN, "the database cannot be reached yet; serving without it");
    say_where(&config, node_port(n), options_flag(o, OPT_DEMO));
    status = node_run(n);
    proxies_free(proxies);
    helper_stop(helper);
    return status;
}
