import { createHash } from 'node:crypto'

/** Size and SHA-256 of bytes that come in pieces. */
export async function digested(bytes: AsyncIterable<Uint8Array>): Promise<{ size: number; digest: string }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    hash.update(piece)
  }
  return { size, digest: hash.digest('hex') }
}

/** So many bytes, made while they are taken. */
export async function* zeros(size: number): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(262_144)
  for (let left = size; left > 0; left -= piece.length)
    yield left < piece.length ? piece.subarray(0, left) : piece
}
