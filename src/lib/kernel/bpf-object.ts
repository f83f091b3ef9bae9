// Owns what a compiled BPF object holds: programs, maps, globals, types and relocations, read from its ELF file. Pure; bytes may
// be hostile. See bpf.ts for the folder.

/** An object as clang wrote it, ready to be loaded. */
export interface BpfObject {
  readonly name: string
}
