import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { GodwitError } from '../../engine/index.ts'

const maxBytes = 64 * 1024

const submission = z.object({ secret: z.string().max(200), password: z.string().optional() })

export type Submission = z.infer<typeof submission>

/** What the page sends. No error quotes any of it. @throws GodwitError REQUEST_INVALID, QUERY_TOO_LARGE */
export async function readSubmission(request: IncomingMessage): Promise<Submission> {
  const mediaType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json') throw invalid()
  const parsed = submission.safeParse(parseJson(await readBody(request)))
  if (parsed.success) return parsed.data
  throw invalid()
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > maxBytes) throw new GodwitError('QUERY_TOO_LARGE', 'The body is too large.')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function invalid(): GodwitError {
  return new GodwitError('REQUEST_INVALID', 'This is not what the page sends.', {
    remedy: 'Send POST with content-type application/json and a body { secret, password }.',
  })
}
