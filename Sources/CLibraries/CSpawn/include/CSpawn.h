// What Swift's view of the C library hides of starting programs.
#pragma once
#include <spawn.h>

/// The child closes every file from `first` on just before it runs its program, also those that another thread opens
/// meanwhile (glibc 2.34). Returns 0, or an error's number: ENOSYS where the C library cannot.
int cs_close_from(posix_spawn_file_actions_t *actions, int first);
