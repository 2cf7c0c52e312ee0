import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Encrypts what the bot notes down and nobody else may read: tokens of Slack, what people typed. */
export interface Seal {
  /** `about` is what the text belongs to, such as its key: it cannot be opened as that of another. */
  close(value: unknown, about: string): string
  /** @throws Error when it was not closed by this key, or about something else */
  open(sealed: string, about: string): unknown
}

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const version = 'v1.'

/** @param secretKey Godwit’s; the key of the bot is derived from it */
export function createSeal(secretKey: Buffer): Seal {
  const key = Buffer.from(hkdfSync('sha256', secretKey, '', 'godwit bot records', keyBytes))
  return {
    close(value, about) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about))
      const sealed = [nonce, cipher.update(JSON.stringify(value)), cipher.final(), cipher.getAuthTag()]
      return version + Buffer.concat(sealed).toString('base64')
    },
    open(sealed, about) {
      if (!sealed.startsWith(version)) throw new Error('sealed in a way that is not known')
      const bytes = Buffer.from(sealed.slice(version.length), 'base64')
      const nonce = bytes.subarray(0, nonceBytes)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-tagBytes))
      const text =
        decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
      return JSON.parse(text)
    },
  }
}
