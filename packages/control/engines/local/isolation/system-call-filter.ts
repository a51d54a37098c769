import { systemCallsOf } from './system-calls.ts'

/** One instruction of classic BPF: `struct sock_filter` of linux/filter.h. */
interface Instruction {
  readonly code: number
  /** Instructions to skip where the comparison holds, and where it does not. */
  readonly holds?: number
  readonly fails?: number
  readonly value: number
}

// linux/bpf_common.h
const load = 0x20
const jumpIfEqual = 0x15
const jumpIfAtLeast = 0x35
const jumpIfAnyBit = 0x45
const answer = 0x06
// linux/seccomp.h
const allow = 0x7fff_0000
const killProcess = 0x8000_0000
const fail = (errno: number) => 0x0005_0000 | errno
const notPermitted = fail(1)
const notImplemented = fail(38)
const noSuchFamily = fail(97)
/** Offsets in `struct seccomp_data`; of an argument, its lower half. */
const numberAt = 0
const processorAt = 4
const argumentAt = (index: number) => 16 + 8 * index

/** Numbers from here on are those of the x32 ABI, another way to the same calls. */
const x32 = 0x4000_0000
const cloneThread = 0x0001_0000
/** `CLONE_NEW*`: namespaces. */
const cloneNamespaces = 0x7e02_0080
const families = { unix: 1, inet: 2, inet6: 10 }
/** Ways to type into the terminal that one was started from. */
const terminalRequests = [0x5412, 0x541c]

/**
 * A seccomp filter (seccomp(2)) as bubblewrap takes it: denies what no service needs, threads but no processes, sockets of
 * the internet and of Unix alone. A program of another processor's kind is killed, since its numbers mean other calls.
 * @returns undefined for a processor whose system calls are not known here
 */
export function systemCallFilter(processor: string): Buffer | undefined {
  const numbers = systemCallsOf(processor)
  if (numbers === undefined) return undefined
  return assemble([
    { code: load, value: processorAt },
    { code: jumpIfEqual, value: numbers.audit, holds: 1 },
    { code: answer, value: killProcess },
    { code: load, value: numberAt },
    { code: jumpIfAtLeast, value: x32, fails: 1 },
    { code: answer, value: killProcess },
    ...numbers.denied.flatMap((number) => when(number, [{ code: answer, value: notPermitted }])),
    // glibc falls back to clone, whose flags can be read here; those of clone3 lie behind a pointer.
    ...when(numbers.clone3, [{ code: answer, value: notImplemented }]),
    ...when(numbers.clone, [
      { code: load, value: argumentAt(0) },
      { code: jumpIfAnyBit, value: cloneNamespaces, holds: 2 },
      { code: jumpIfAnyBit, value: cloneThread, fails: 1 },
      { code: answer, value: allow },
      { code: answer, value: notPermitted },
    ]),
    ...when(numbers.socket, [
      { code: load, value: argumentAt(0) },
      { code: jumpIfEqual, value: families.unix, holds: 3 },
      { code: jumpIfEqual, value: families.inet, holds: 2 },
      { code: jumpIfEqual, value: families.inet6, holds: 1 },
      { code: answer, value: noSuchFamily },
      { code: answer, value: allow },
    ]),
    ...when(numbers.ioctl, [
      { code: load, value: argumentAt(1) },
      ...terminalRequests.flatMap((request) => when(request, [{ code: answer, value: notPermitted }])),
      { code: answer, value: allow },
    ]),
    { code: answer, value: allow },
  ])
}

/** What is done where the loaded number is this one. */
function when(value: number, then: readonly Instruction[]): readonly Instruction[] {
  return [{ code: jumpIfEqual, value, fails: then.length }, ...then]
}

function assemble(instructions: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * 8)
  for (const [index, { code, holds = 0, fails = 0, value }] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(holds, index * 8 + 2)
    bytes.writeUInt8(fails, index * 8 + 3)
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4)
  }
  return bytes
}
