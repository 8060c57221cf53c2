/// Calls of malloc and its relatives by any thread and library since the process began; −1 where
/// they cannot be counted (only glibc lets a program put its own in front).
long long allocation_count(void);
