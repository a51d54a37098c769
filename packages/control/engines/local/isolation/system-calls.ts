interface Numbers {
  /** `AUDIT_ARCH_*` of linux/audit.h. */
  readonly audit: number
  readonly denied: readonly number[]
  readonly clone: number
  readonly clone3: number
  readonly socket: number
  readonly ioctl: number
}

/**
 * What a service never needs and an attacker likes: new processes, looking into others, mounts and namespaces, the kernel's
 * keys, modules and clocks, io_uring (which goes around this very filter). The same calls that container engines deny by
 * default. Numbers from the kernel's unistd tables (asm/unistd_64.h, asm-generic/unistd.h).
 */
const denied: Readonly<Record<string, { readonly x64?: number; readonly arm64?: number }>> = {
  fork: { x64: 57 },
  vfork: { x64: 58 },
  execveat: { x64: 322, arm64: 281 },
  ptrace: { x64: 101, arm64: 117 },
  process_vm_readv: { x64: 310, arm64: 270 },
  process_vm_writev: { x64: 311, arm64: 271 },
  kcmp: { x64: 312, arm64: 272 },
  pidfd_getfd: { x64: 438, arm64: 438 },
  process_madvise: { x64: 440, arm64: 440 },
  mount: { x64: 165, arm64: 40 },
  umount2: { x64: 166, arm64: 39 },
  pivot_root: { x64: 155, arm64: 41 },
  chroot: { x64: 161, arm64: 51 },
  open_tree: { x64: 428, arm64: 428 },
  move_mount: { x64: 429, arm64: 429 },
  fsopen: { x64: 430, arm64: 430 },
  fsconfig: { x64: 431, arm64: 431 },
  fsmount: { x64: 432, arm64: 432 },
  fspick: { x64: 433, arm64: 433 },
  mount_setattr: { x64: 442, arm64: 442 },
  unshare: { x64: 272, arm64: 97 },
  setns: { x64: 308, arm64: 268 },
  name_to_handle_at: { x64: 303, arm64: 264 },
  open_by_handle_at: { x64: 304, arm64: 265 },
  fanotify_init: { x64: 300, arm64: 262 },
  quotactl: { x64: 179, arm64: 60 },
  quotactl_fd: { x64: 443, arm64: 443 },
  swapon: { x64: 167, arm64: 224 },
  swapoff: { x64: 168, arm64: 225 },
  acct: { x64: 163, arm64: 89 },
  bpf: { x64: 321, arm64: 280 },
  perf_event_open: { x64: 298, arm64: 241 },
  userfaultfd: { x64: 323, arm64: 282 },
  io_uring_setup: { x64: 425, arm64: 425 },
  io_uring_enter: { x64: 426, arm64: 426 },
  io_uring_register: { x64: 427, arm64: 427 },
  lookup_dcookie: { x64: 212, arm64: 18 },
  keyctl: { x64: 250, arm64: 219 },
  add_key: { x64: 248, arm64: 217 },
  request_key: { x64: 249, arm64: 218 },
  memfd_secret: { x64: 447, arm64: 447 },
  kexec_load: { x64: 246, arm64: 104 },
  kexec_file_load: { x64: 320, arm64: 294 },
  init_module: { x64: 175, arm64: 105 },
  finit_module: { x64: 313, arm64: 273 },
  delete_module: { x64: 176, arm64: 106 },
  reboot: { x64: 169, arm64: 142 },
  syslog: { x64: 103, arm64: 116 },
  vhangup: { x64: 153, arm64: 58 },
  personality: { x64: 135, arm64: 92 },
  settimeofday: { x64: 164, arm64: 170 },
  clock_settime: { x64: 227, arm64: 112 },
  clock_adjtime: { x64: 305, arm64: 266 },
  adjtimex: { x64: 159, arm64: 171 },
  sethostname: { x64: 170, arm64: 161 },
  setdomainname: { x64: 171, arm64: 162 },
  iopl: { x64: 172 },
  ioperm: { x64: 173 },
  modify_ldt: { x64: 154 },
  uselib: { x64: 134 },
  ustat: { x64: 136 },
  sysfs: { x64: 139 },
  move_pages: { x64: 279, arm64: 239 },
  mbind: { x64: 237, arm64: 235 },
  migrate_pages: { x64: 256, arm64: 238 },
  set_mempolicy: { x64: 238, arm64: 237 },
  nfsservctl: { x64: 180, arm64: 42 },
}

/** The numbers of a processor; undefined where they are not known here. */
export function systemCallsOf(processor: string): Numbers | undefined {
  if (processor !== 'x64' && processor !== 'arm64') return undefined
  const own = Object.values(denied).flatMap((numbers) => numbers[processor] ?? [])
  return processor === 'x64'
    ? { audit: 0xc000_003e, denied: own, clone: 56, clone3: 435, socket: 41, ioctl: 16 }
    : { audit: 0xc000_00b7, denied: own, clone: 220, clone3: 435, socket: 198, ioctl: 29 }
}
