/*
 * A file layer with faults, put below the journal by LD_PRELOAD. It counts the calls that reach files beneath FAULT_DIR
 * and, at the FAULT_AT-th, does what FAULT_KIND says:
 *
 *   count   nothing; at its end the process writes the number of calls to FAULT_REPORT
 *   EIO, ENOSPC   that call fails and has no effect; calls that only read fail too
 *   full    that call and the nine after it fail with ENOSPC
 *   short   a write does half of its work and says so; anything else is left alone
 *   kill    the process is killed before the call
 *   drop    the power goes: what was written since the last sync of each file is gone, then the process is killed
 *   tear    as drop, but a part of it has reached the disk
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define MOST 4096
struct file {
  int used;
  char path[512];
  off_t synced;
};
static struct file files[MOST]; /* by descriptor: those that are written */
static char reading[MOST];      /* by descriptor: those that are only read, and folders */
static struct file closed[MOST];
static int closed_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long calls;

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))
typedef int (*fd_type)(int);
typedef int (*rename_type)(const char *, const char *);
typedef int (*unlink_type)(const char *);
typedef int (*open_type)(const char *, int, ...);
typedef int (*mkdir_type)(const char *, mode_t);
typedef size_t (*read_type)(void *, size_t, size_t, FILE *);
typedef int (*fcntl_type)(int, int, void *);
typedef void *(*mmap_type)(void *, size_t, int, int, int, off64_t);
typedef ssize_t (*pread_type)(int, void *, size_t, off64_t);

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value == NULL ? "" : value;
}

static int watched(const char *path) {
  const char *folder = setting("FAULT_DIR");
  return *folder != 0 && strncmp(path, folder, strlen(folder)) == 0;
}

static void lose(const struct file *file, int tear) {
  struct stat now;
  if (stat(file->path, &now) != 0 || now.st_size <= file->synced) return;
  off_t kept = file->synced;
  if (tear) kept += (now.st_size - file->synced) * (1 + atol(setting("FAULT_AT")) % 7) / 8;
  if (truncate(file->path, kept) != 0) _exit(99);
}

static void power_cut(int tear) {
  for (int at = 0; at < closed_count; at++) lose(&closed[at], tear);
  for (int at = 0; at < MOST; at++)
    if (files[at].used) lose(&files[at], tear);
}

/* 0: go on; else what errno shall be; -1: a short write. Called with the lock held, which a killed process never lets go. */
static int fault(void) {
  long here = ++calls;
  long at = atol(setting("FAULT_AT"));
  const char *kind = setting("FAULT_KIND");
  if (strcmp(kind, "full") == 0) return here >= at && here < at + 10 ? ENOSPC : 0;
  if (here != at || strcmp(kind, "count") == 0) return 0;
  if (strcmp(kind, "EIO") == 0) return EIO;
  if (strcmp(kind, "ENOSPC") == 0) return ENOSPC;
  if (strcmp(kind, "short") == 0) return -1;
  if (strcmp(kind, "drop") == 0) power_cut(0);
  if (strcmp(kind, "tear") == 0) power_cut(1);
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static int guarded(void) {
  pthread_mutex_lock(&lock);
  int result = fault();
  pthread_mutex_unlock(&lock);
  if (result > 0) errno = result;
  return result;
}

__attribute__((destructor)) static void report(void) {
  const char *path = setting("FAULT_REPORT");
  if (*path == 0) return;
  FILE *out = fopen(path, "w");
  if (out == NULL) return;
  fprintf(out, "%ld\n", calls);
  fclose(out);
}

/* level writes through stdio, whose own calls cannot be caught: so the calls into stdio are. */
FILE *fopen64(const char *path, const char *mode) {
  int mine = watched(path), writes = *mode != 'r';
  if (mine && guarded() > 0) return NULL;
  FILE *file = REAL("fopen64", FILE *(*)(const char *, const char *))(path, mode);
  int fd = file == NULL ? -1 : fileno(file);
  if (!mine || fd < 0 || fd >= MOST) return file;
  if (!writes) {
    reading[fd] = 1;
    return file;
  }
  struct stat now;
  pthread_mutex_lock(&lock);
  files[fd].used = 1;
  snprintf(files[fd].path, sizeof files[fd].path, "%s", path);
  /* What an earlier process left is on the disk: each run begins after a start of the machine. */
  files[fd].synced = fstat(fd, &now) == 0 ? now.st_size : 0;
  pthread_mutex_unlock(&lock);
  return file;
}

/* Tables, the lock, folders to be synced. */
int open64(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = va_arg(more, mode_t);
  va_end(more);
  int mine = watched(path);
  if (mine && guarded() > 0) return -1;
  int fd = REAL("open64", open_type)(path, flags, mode);
  if (mine && fd >= 0 && fd < MOST) reading[fd] = 1;
  return fd;
}

int mkdir(const char *path, mode_t mode) {
  if (watched(path) && guarded() > 0) return -1;
  return REAL("mkdir", mkdir_type)(path, mode);
}

static int is_read(int fd) { return fd >= 0 && fd < MOST && reading[fd]; }

int close(int fd) {
  if (is_read(fd)) reading[fd] = 0;
  return REAL("close", fd_type)(fd);
}

size_t fread_unlocked(void *bytes, size_t size, size_t count, FILE *file) {
  if (is_read(fileno(file)) && guarded() > 0) {
    /* As stdio does: the caller asks the stream what happened. */
    file->_flags |= 0x20;
    return 0;
  }
  return REAL("fread_unlocked", read_type)(bytes, size, count, file);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t offset) {
  if (is_read(fd) && guarded() > 0) return -1;
  return REAL("pread64", pread_type)(fd, bytes, size, offset);
}

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) {
  if (is_read(fd) && guarded() > 0) return MAP_FAILED;
  return REAL("mmap64", mmap_type)(address, length, protection, flags, fd, offset);
}

/* The lock. Every command takes one argument at most, as wide as a pointer. */
int fcntl64(int fd, int command, ...) {
  va_list more;
  va_start(more, command);
  void *argument = va_arg(more, void *);
  va_end(more);
  if (is_read(fd) && command == F_SETLK && guarded() > 0) return -1;
  return REAL("fcntl64", fcntl_type)(fd, command, argument);
}

static int is_mine(int fd) { return fd >= 0 && fd < MOST && files[fd].used; }

size_t fwrite_unlocked(const void *bytes, size_t size, size_t count, FILE *file) {
  int result = is_mine(fileno(file)) ? guarded() : 0;
  if (result > 0) return 0;
  size_t (*real)(const void *, size_t, size_t, FILE *) =
      REAL("fwrite_unlocked", size_t (*)(const void *, size_t, size_t, FILE *));
  return real(bytes, size, result < 0 && count > 1 ? count / 2 : count, file);
}

int fflush_unlocked(FILE *file) {
  if (is_mine(fileno(file)) && guarded() > 0) return EOF;
  return REAL("fflush_unlocked", int (*)(FILE *))(file);
}

static void remember(int fd) {
  pthread_mutex_lock(&lock);
  /* A file that was closed may still lose what was not synced. */
  if (closed_count < MOST) closed[closed_count++] = files[fd];
  files[fd].used = 0;
  pthread_mutex_unlock(&lock);
}

int fclose(FILE *file) {
  int fd = fileno(file);
  if (is_read(fd)) reading[fd] = 0;
  if (is_mine(fd)) remember(fd);
  return REAL("fclose", int (*)(FILE *))(file);
}

static int synced(int fd, const char *name) {
  int mine = is_mine(fd);
  if (!mine && !is_read(fd)) return REAL(name, fd_type)(fd);
  /* Under the lock to its end: no sync succeeds, and nobody is told that it did, while the power goes. */
  pthread_mutex_lock(&lock);
  int result = fault();
  if (result > 0) {
    errno = result;
    result = -1;
  } else {
    struct stat now;
    off_t size = mine && fstat(fd, &now) == 0 ? now.st_size : 0;
    result = REAL(name, fd_type)(fd);
    if (mine && result == 0) files[fd].synced = size;
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int fdatasync(int fd) { return synced(fd, "fdatasync"); }
int fsync(int fd) { return synced(fd, "fsync"); }

static void forget(const char *path) {
  pthread_mutex_lock(&lock);
  for (int at = 0; at < closed_count; at++)
    if (strcmp(closed[at].path, path) == 0) closed[at].path[0] = 0;
  pthread_mutex_unlock(&lock);
}

int rename(const char *from, const char *to) {
  int mine = watched(from);
  if (mine && guarded() > 0) return -1;
  int result = REAL("rename", rename_type)(from, to);
  if (mine && result == 0) {
    forget(to);
    pthread_mutex_lock(&lock);
    for (int at = 0; at < closed_count; at++)
      if (strcmp(closed[at].path, from) == 0) snprintf(closed[at].path, sizeof closed[at].path, "%s", to);
    pthread_mutex_unlock(&lock);
  }
  return result;
}

int unlink(const char *path) {
  int mine = watched(path);
  if (mine && guarded() > 0) return -1;
  int result = REAL("unlink", unlink_type)(path);
  if (mine && result == 0) forget(path);
  return result;
}
