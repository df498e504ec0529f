/** What a reader accepts at most, whatever the archive claims. The same table stands in spec/20-s9pk.md. */
export const limits = Object.freeze({
  /** Bytes of the root directory, unless a commitment from elsewhere allows more. */
  rootMaxsize: 1 << 20,
  /** Bytes of one stored directory. */
  tocBytes: 1 << 20,
  /** Bytes of all stored directories together. */
  totalTocBytes: 4 << 20,
  /** Entries of all directories together. */
  entries: 32_768,
  /** Directories within directories, the root being 0. */
  depth: 16,
  /** UTF-8 bytes of one name. */
  nameBytes: 255,
  /** Bytes of one file that is read into memory, unless the caller asks for more. */
  readBytes: 16 << 20,
});
