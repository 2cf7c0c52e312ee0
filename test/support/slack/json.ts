export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value)
}

/** The objects of a list; nothing when it is no list. */
export function objectsOf(value: Json | undefined): JsonObject[] {
  return isList(value) ? value.filter((item) => isObject(item)) : []
}

export function stringOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A string as it is, anything else as JSON, nothing as an empty string. */
export function asText(value: Json | undefined): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : JSON.stringify(value)
}

/** What a text object shows: the `text` of `{ type: 'plain_text', text }`. */
export function shownText(value: Json | undefined): string {
  if (typeof value === 'string') return value
  return isObject(value) ? (stringOf(value.text) ?? '') : ''
}

export function parseJson(text: string): Json | undefined {
  try {
    const parsed: Json = JSON.parse(text)
    return parsed
  } catch {
    return undefined
  }
}

/** A copy that later changes of the state do not reach. */
export function copyOf<T>(value: T): T {
  return structuredClone(value)
}
