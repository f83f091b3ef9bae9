// Owns what an importer is given. See import.ts for the folder.

/** One file, or one answer of a server. */
export interface ImportInput {
  /** For messages, and where the format does not name the device that a file is of: the file's name. */
  readonly name: string
  readonly text: string
}
