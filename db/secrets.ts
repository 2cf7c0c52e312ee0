import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { GodwitError } from '../engine/index.ts'

/** Encrypts and decrypts what must not be readable in the control database. */
export interface SecretBox {
  /** `rowId` is bound in: moved to another row, the sealed text does not open any more. */
  seal(plainText: string, rowId: string): Buffer
  /** @throws GodwitError SECRET_UNREADABLE */
  open(sealed: Buffer, rowId: string): string
  /** A hash that only the holder of the key can make. */
  fingerprint(text: string): Buffer
}

export const secretKeyBytes = 32

const algorithm = 'aes-256-gcm'
const formatVersion = 1
const [versionEnd, keyIdEnd, nonceEnd, tagEnd] = [1, 5, 17, 33]

/**
 * AES-256-GCM with a random nonce. Layout of what is sealed: version (1 byte), id of the key (4), nonce (12),
 * tag (16), cipher text.
 * @throws GodwitError CONFIGURATION_INVALID when the key is not of 32 bytes
 */
export function createSecretBox(secretKey: Buffer): SecretBox {
  if (secretKey.length !== secretKeyBytes) {
    throw new GodwitError('CONFIGURATION_INVALID', `The secret key must be ${secretKeyBytes} bytes long.`)
  }
  const keyId = createHash('sha256').update('godwit key id').update(secretKey).digest().subarray(0, 4)
  const fingerprintKey = createHmac('sha256', secretKey).update('godwit fingerprint').digest()

  const seal = (plainText: string, rowId: string): Buffer => {
    const nonce = randomBytes(nonceEnd - keyIdEnd)
    const cipher = createCipheriv(algorithm, secretKey, nonce).setAAD(Buffer.from(rowId))
    const cipherText = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.of(formatVersion), keyId, nonce, cipher.getAuthTag(), cipherText])
  }

  const open = (sealed: Buffer, rowId: string): string => {
    if (sealed.length < tagEnd || sealed[0] !== formatVersion) {
      throw unreadable('it is in a format that this version of Godwit does not know')
    }
    if (!sealed.subarray(versionEnd, keyIdEnd).equals(keyId))
      throw unreadable('it was stored with another key')
    const decipher = createDecipheriv(algorithm, secretKey, sealed.subarray(keyIdEnd, nonceEnd))
      .setAAD(Buffer.from(rowId))
      .setAuthTag(sealed.subarray(nonceEnd, tagEnd))
    try {
      return decipher.update(sealed.subarray(tagEnd), undefined, 'utf8') + decipher.final('utf8')
    } catch (error) {
      throw unreadable('it was changed in the control database', error)
    }
  }

  return { seal, open, fingerprint: (text) => createHmac('sha256', fingerprintKey).update(text).digest() }
}

function unreadable(why: string, cause?: unknown): GodwitError {
  return new GodwitError('SECRET_UNREADABLE', `A stored secret cannot be read: ${why}.`, { cause })
}
