import { isList, isObject, type Json, type JsonObject, stringOf } from '../json.ts'

/** Something that Slack refuses, in its words, and where: a JSON pointer. */
export interface Problem {
  readonly pointer: string
  readonly message: string
}

/** Where a value stands, and who collects what is wrong with it. */
export interface Place {
  readonly pointer: string
  readonly problems: Problem[]
}

/** Checks one value and reports what is wrong with it at its place. */
export type Rule = (value: Json, place: Place) => void

export function report(place: Place, message: string): void {
  place.problems.push({ pointer: place.pointer, message })
}

export function inside(place: Place, name: string | number): Place {
  return { pointer: `${place.pointer}/${name}`, problems: place.problems }
}

/** Characters as JavaScript counts them: an emoji is two. Whatever Slack counts, it is not more. */
export function text(max: number, min = 1): Rule {
  return (value, place) => {
    if (typeof value !== 'string') report(place, 'must be a string')
    else if (value.length > max) report(place, `must be less than ${max + 1} characters`)
    else if (value.length < min) report(place, `must be more than ${min - 1} characters`)
  }
}

export function matching(pattern: RegExp, wanted: string): Rule {
  return (value, place) => {
    if (typeof value !== 'string' || !pattern.test(value)) report(place, `must be ${wanted}`)
  }
}

export const flag: Rule = (value, place) => {
  if (typeof value !== 'boolean') report(place, 'must be a boolean')
}

export function integer(min: number, max: number): Rule {
  return (value, place) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) report(place, 'must be an integer')
    else if (value < min) report(place, `must be at least ${min}`)
    else if (value > max) report(place, `must be at most ${max}`)
  }
}

export const finite: Rule = (value, place) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) report(place, 'must be a number')
}

export function oneOf(...allowed: readonly Json[]): Rule {
  return (value, place) => {
    if (!allowed.includes(value)) report(place, `must be one of: ${allowed.map(String).join(', ')}`)
  }
}

export function list(item: Rule, max: number, min = 1): Rule {
  return (value, place) => {
    if (!isList(value)) return report(place, 'must be an array')
    if (value.length > max) report(place, `no more than ${max} items allowed`)
    if (value.length < min) report(place, `no fewer than ${min} items allowed`)
    value.forEach((entry, index) => item(entry, inside(place, index)))
  }
}

export interface Shape {
  readonly required?: Readonly<Record<string, Rule>>
  readonly optional?: Readonly<Record<string, Rule>>
  /** What holds between the fields; asked only when each of them is right. */
  readonly also?: (value: JsonObject, place: Place) => void
}

/** An object with these fields and no others. */
export function shape({ required = {}, optional = {}, also }: Shape): Rule {
  const rules: Readonly<Record<string, Rule>> = { ...required, ...optional }
  return (value, place) => {
    if (!isObject(value)) return report(place, 'must be an object')
    const before = place.problems.length
    for (const name of Object.keys(required))
      if (value[name] === undefined) report(place, `missing required field: ${name}`)
    for (const [name, field] of Object.entries(value)) {
      const rule = rules[name]
      if (field === undefined) continue
      if (rule === undefined) report(place, `invalid additional property: ${name}`)
      else rule(field, inside(place, name))
    }
    if (place.problems.length === before) also?.(value, place)
  }
}

/** An object whose `type` chooses the rule. */
export function byType(rules: Readonly<Record<string, Rule>>): Rule {
  return (value, place) => {
    if (!isObject(value)) return report(place, 'must be an object')
    const type = stringOf(value.type)
    if (type === undefined) return report(place, 'missing required field: type')
    const rule = Object.hasOwn(rules, type) ? rules[type] : undefined
    if (rule === undefined) report(place, `unsupported type: ${type}`)
    else rule(value, place)
  }
}

/** The rules of some of the types of a table. */
export function only(
  rules: Readonly<Record<string, Rule>>,
  ...types: readonly string[]
): Readonly<Record<string, Rule>> {
  return Object.fromEntries(Object.entries(rules).filter(([type]) => types.includes(type)))
}

/** Reports the fields of which there must be exactly one. */
export function exactlyOne(...names: readonly string[]): (value: JsonObject, place: Place) => void {
  return (value, place) => {
    const given = names.filter((name) => value[name] !== undefined)
    if (given.length !== 1) report(place, `must define exactly one of: ${names.join(', ')}`)
  }
}

export const anything: Rule = () => undefined
