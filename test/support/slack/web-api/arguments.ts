import type { IncomingHttpHeaders } from 'node:http'
import { SlackApiError } from '../errors.ts'
import { asText, isObject, type Json, type JsonObject, objectsOf, parseJson } from '../json.ts'

/** The arguments of a call, whichever way they were encoded. */
export class Arguments {
  readonly raw: JsonObject

  constructor(raw: JsonObject) {
    this.raw = raw
  }

  optional(name: string): string | undefined {
    const value = this.raw[name]
    if (value === undefined || value === null || value === '') return undefined
    return asText(value)
  }

  required(name: string): string {
    const value = this.optional(name)
    if (value === undefined) throw new SlackApiError('invalid_arguments', [`missing required field: ${name}`])
    return value
  }

  flag(name: string): boolean {
    return ['true', '1'].includes(asText(this.raw[name]))
  }

  /** A structure: a JSON string in a form, or a value in a JSON body. Undefined when it was not given. */
  structure(name: string): Json | undefined {
    const value = this.raw[name]
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value !== 'string') return value
    const parsed = parseJson(value)
    if (parsed === undefined) throw new SlackApiError(`invalid_${name}_format`)
    return parsed
  }

  objects(name: string): JsonObject[] | undefined {
    const value = this.structure(name)
    if (value === undefined) return undefined
    if (!Array.isArray(value)) throw new SlackApiError(`invalid_${name}_format`)
    return objectsOf(value)
  }
}

export interface ParsedCall {
  readonly args: Arguments
  readonly token?: string
}

/**
 * Reads a form or a JSON body, and the token: from the Authorization header, or from a form's `token`. A JSON body
 * must have it in the header (https://docs.slack.dev/apis/web-api).
 */
export function parseCall(headers: IncomingHttpHeaders, body: string): ParsedCall {
  const isJson = headers['content-type']?.startsWith('application/json') ?? false
  const parsed = isJson ? parseJson(body) : Object.fromEntries(new URLSearchParams(body))
  if (!isObject(parsed)) throw new SlackApiError('invalid_json')
  const { token: inBody, ...raw } = parsed
  const inHeader = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  const token = inHeader ?? (isJson ? undefined : inBody)
  return { args: new Arguments(raw), ...(typeof token === 'string' ? { token } : {}) }
}
