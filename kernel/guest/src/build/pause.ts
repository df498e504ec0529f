/**
 * The first process of every subcontainer: it ignores SIGCHLD, so that the kernel itself reaps whatever is orphaned, and
 * sleeps for ever.
 *
 * A container's image may hold nothing but one program, so this one must be static and tiny. A hundred bytes of machine
 * code need no compiler on the owner's machine, and can be read in full:
 *
 *   rt_sigaction(SIGCHLD, { handler: SIG_IGN, flags: 0, restorer: 0, mask: 0 }, NULL, 8)
 *   for (;;) ppoll(NULL, 0, NULL, NULL, 0)
 */
const loadAddress = 0x400000n;
const headerBytes = 64;
const programHeaderBytes = 56;

const machines = {
  x64: {
    machine: 62,
    code: [
      ...[0x48, 0x8d, 0x35, 0x31, 0x00, 0x00, 0x00], // lea rsi, [rip + 0x31]   the action, at offset 56
      ...[0xbf, 0x11, 0x00, 0x00, 0x00], // mov edi, 17 (SIGCHLD)
      ...[0x31, 0xd2], // xor edx, edx
      ...[0x41, 0xba, 0x08, 0x00, 0x00, 0x00], // mov r10d, 8
      ...[0xb8, 0x0d, 0x00, 0x00, 0x00], // mov eax, 13 (rt_sigaction)
      ...[0x0f, 0x05], // syscall
      ...[0x31, 0xff], // xor edi, edi
      ...[0x31, 0xf6], // xor esi, esi
      ...[0x31, 0xd2], // xor edx, edx
      ...[0x45, 0x31, 0xd2], // xor r10d, r10d
      ...[0x45, 0x31, 0xc0], // xor r8d, r8d
      ...[0xb8, 0x0f, 0x01, 0x00, 0x00], // mov eax, 271 (ppoll)
      ...[0x0f, 0x05], // syscall
      ...[0xeb, 0xeb], // jmp back to xor edi, edi
    ],
  },
  arm64: {
    machine: 183,
    code: [
      0x100001c1, // adr x1, . + 56                        the action, at offset 56
      0xd2800220, // mov x0, #17 (SIGCHLD)
      0xd2800002, // mov x2, #0
      0xd2800103, // mov x3, #8
      0xd28010c8, // mov x8, #134 (rt_sigaction)
      0xd4000001, // svc #0
      0xd2800000, // mov x0, #0
      0xd2800001, // mov x1, #0
      0xd2800002, // mov x2, #0
      0xd2800003, // mov x3, #0
      0xd2800004, // mov x4, #0
      0xd2800928, // mov x8, #73 (ppoll)
      0xd4000001, // svc #0
      0x17fffff9, // b back to mov x0, #0
    ].flatMap((word) => [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24]),
  },
} as const;

/** A whole ELF file for the given architecture (as `process.arch` names it). */
export function pauseProgram(architecture: string): Buffer {
  const { machine, code } = architecture === 'arm64' ? machines.arm64 : machines.x64;
  const action = Buffer.alloc(32);
  action.writeBigUInt64LE(1n, 0);
  const body = Buffer.concat([Buffer.from(code), Buffer.alloc(56 - code.length), action]);
  const start = headerBytes + programHeaderBytes;
  return Buffer.concat([fileHeader(machine, start), programHeader(start + body.length), body]);
}

function fileHeader(machine: number, start: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(header);
  header.writeUInt16LE(2, 16); // an executable file
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(loadAddress + BigInt(start), 24);
  header.writeBigUInt64LE(BigInt(headerBytes), 32);
  header.writeUInt16LE(headerBytes, 52);
  header.writeUInt16LE(programHeaderBytes, 54);
  header.writeUInt16LE(1, 56);
  return header;
}

function programHeader(size: number): Buffer {
  const header = Buffer.alloc(programHeaderBytes);
  header.writeUInt32LE(1, 0); // to be loaded
  header.writeUInt32LE(5, 4); // readable, executable
  header.writeBigUInt64LE(0n, 8);
  header.writeBigUInt64LE(loadAddress, 16);
  header.writeBigUInt64LE(loadAddress, 24);
  header.writeBigUInt64LE(BigInt(size), 32);
  header.writeBigUInt64LE(BigInt(size), 40);
  header.writeBigUInt64LE(0x1000n, 48);
  return header;
}
