/* SPDX-License-Identifier: GPL-2.0 */
/*
 * log - lines to the console ring and the debug UART. printk subset of common/lib/format. Lines are whole (one lock).
 */
#ifndef HV_LOG_H
#define HV_LOG_H

#include <hv/types.h>
#include <jailhouse/image.h>

/** Sinks: the ring always, @putc when not NULL (debug UART). */
void log_init(struct hv_console_ring *ring, void (*putc)(char c));
/** Lines of log_printf_panic() go into @crash as well; its directory is the caller's business. */
struct hv_crash_log;
void log_set_crash_log(struct hv_crash_log *crash);
__attribute__((format(printf, 1, 2))) void log_printf(const char *fmt, ...);
/** Like log_printf(), but does not insist on the lock: for a CPU that is about to stop. */
__attribute__((format(printf, 1, 2))) void log_printf_panic(const char *fmt, ...);
void log_putc(char c);		/* DEBUG_CONSOLE_PUTC of guests; buffered per call site by the caller */

/**
 * The state of the system, in lines "PANIC: …" that jailhouse-explain(8) describes, then this CPU stops.
 * Broken invariant of ours; never reachable from guest or root input. */
void __noreturn hv_panic(const char *file, int line, const char *what);
#define HV_BUG_ON(cond) do { if (unlikely(cond)) hv_panic(__FILE__, __LINE__, #cond); } while (0)

/** Record a refusal in the status page (seq protocol) and log its sentence's number; returns @r->error. */
struct jailhouse_refusal;
struct system;
/** Whose cells hv_panic() lists. */
void panic_init(const struct system *s);
int refuse(struct system *s, const struct jailhouse_refusal *r);
/** State of a cell or CPU changed: status page entry and generation. */
void status_update(struct system *s);
/** status_update() if something was noticed since the last one. */
void status_refresh(struct system *s);
/** A CPU of root was kept from running Linux for @cycles. */
void status_root_stopped(struct system *s, u64 cycles);
void status_init(struct system *s);

#endif /* HV_LOG_H */
