import { createHash, randomBytes } from 'node:crypto'

/** What a caller presents: `gw_<id>_<secret>`, or a secret alone that an operator has chosen. */
export interface PresentedToken {
  readonly id: string | null
  readonly secret: string
}

const tokenForm = /^gw_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/

/** 256 random bits, in the alphabet of base64url. */
export function makeTokenSecret(): string {
  return randomBytes(32).toString('base64url')
}

export function formatToken(id: string, secret: string): string {
  return `gw_${id.replaceAll('-', '')}_${secret}`
}

export function parseToken(presented: string): PresentedToken {
  const [, hex, secret] = tokenForm.exec(presented) ?? []
  if (hex === undefined || secret === undefined) return { id: null, secret: presented }
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { id, secret }
}

/** A plain hash is enough for a secret that nobody can guess. */
export function hashTokenSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
