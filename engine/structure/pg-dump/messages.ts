/**
 * The little of the frontend/backend protocol that is needed to carry the messages of pg_dump over a connection
 * that is already open.
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

const noBytes = Buffer.alloc(0)
const requestCodes = { ssl: 80877103, gssEncryption: 80877104 } as const

export interface FrontendMessage {
  /** One letter, or what the first messages of a connection, which have no letter, ask for. */
  readonly type: string
  readonly bytes: Buffer
}

/**
 * Cuts what libpq writes into messages. A write may hold part of a message, or several.
 */
export class FrontendMessages {
  #rest: Buffer = noBytes
  #started = false

  /** The messages that are complete with these bytes, which are copied. */
  push(bytes: Uint8Array): FrontendMessage[] {
    this.#rest = Buffer.concat([this.#rest, bytes])
    const messages: FrontendMessage[] = []
    for (let next = this.#take(); next !== null; next = this.#take()) messages.push(next)
    return messages
  }

  #take(): FrontendMessage | null {
    const lettered = this.#started ? 1 : 0
    if (this.#rest.length < lettered + 4) return null
    const length = lettered + this.#rest.readUInt32BE(lettered)
    if (this.#rest.length < length) return null
    const bytes = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    return { type: this.#started ? String.fromCharCode(bytes[0] ?? 0) : this.#startType(bytes), bytes }
  }

  #startType(bytes: Buffer): string {
    const code = bytes.readUInt32BE(4)
    if (code === requestCodes.ssl || code === requestCodes.gssEncryption) return 'encryption request'
    this.#started = true
    return 'start-up'
  }
}

/**
 * Follows what a server sends, to tell when it is ready for the next query.
 */
export class BackendMessages {
  #header = noBytes
  /** Bytes of the body of the message under way that are still to come. */
  #bodyLeft = 0

  /** How many ReadyForQuery messages end within these bytes. */
  countReady(bytes: Buffer): number {
    let ready = 0
    let rest = bytes
    while (rest.length > 0) {
      if (this.#bodyLeft > 0) {
        const skipped = Math.min(this.#bodyLeft, rest.length)
        this.#bodyLeft -= skipped
        rest = rest.subarray(skipped)
      } else {
        const wanted = 5 - this.#header.length
        this.#header = Buffer.concat([this.#header, rest.subarray(0, wanted)])
        rest = rest.subarray(wanted)
        if (this.#header.length < 5) return ready
        this.#bodyLeft = this.#header.readUInt32BE(1) - 4
      }
      if (this.#header.length === 5 && this.#bodyLeft === 0) {
        if (this.#header[0] === 'Z'.charCodeAt(0)) ready += 1
        this.#header = noBytes
      }
    }
    return ready
  }
}

/** The SQLSTATE of the first error among whole messages of a server. */
export function findErrorState(messages: Buffer): string | undefined {
  let at = 0
  while (at + 5 <= messages.length) {
    const end = at + 1 + messages.readUInt32BE(at + 1)
    if (messages[at] === 'E'.charCodeAt(0)) {
      const fields = messages.toString('utf8', at + 5, end).split('\0')
      return fields.find((field) => field.startsWith('C'))?.slice(1)
    }
    at = end
  }
  return undefined
}

function message(type: string, ...body: Uint8Array[]): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(4 + body.reduce((sum, part) => sum + part.length, 0))
  return Buffer.concat([Buffer.from(type), length, ...body])
}

/** No encryption between pg_dump and us: it all happens in this process. */
export const encryptionRefused = Buffer.from('N')

/** The answer to a start-up message: authentication is done, the session is that of an open connection. */
export function startupAnswer(parameters: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat([
    message('R', Buffer.alloc(4)),
    ...Object.entries(parameters).map(([name, value]) => message('S', Buffer.from(`${name}\0${value}\0`))),
    message('K', Buffer.alloc(8)),
    message('Z', Buffer.from('I')),
  ])
}
