/* Brings messages of actors to out/smtp.h and the outcome back to them. */
#ifndef ACTOR_POSTMAN_H
#define ACTOR_POSTMAN_H

#include <stdint.h>

#include "out/request.h"

struct node;
struct postman;
struct smtp_config;

struct postman *postman_new(const struct smtp_config *config, struct node *n); /* both borrowed */
/* For an actor that waits: the result reaches engine_studied there, as JSON. Any thread. */
void postman_take(struct postman *p, int64_t tenant, int64_t actor, uint32_t number, struct out_text to,
                  struct out_text data);
void postman_close(struct postman *p); /* while the workers' inboxes are there; NULL is fine */

#endif
