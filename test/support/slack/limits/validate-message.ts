import { isList, isObject, type Json, type JsonObject, objectsOf } from '../json.ts'
import type { BlockGeneration } from '../state/model.ts'
import { blockRules } from './block-rules.ts'
import { idsAreUnique } from './ids-are-unique.ts'
import { newerBlockRules } from './newer-block-rules.ts'
import { limits } from './numbers.ts'
import { byType, inside, list, type Place, type Problem, report } from './rules.ts'

export interface MessageOptions {
  /** Default: with newer blocks. */
  readonly blocks?: BlockGeneration
}

/** What Slack would refuse about a message's blocks; empty when they are right. */
export function validateBlocks(blocks: Json, options: MessageOptions = {}): Problem[] {
  const place: Place = { pointer: '/blocks', problems: [] }
  const known = options.blocks === 'without newer blocks' ? blockRules : { ...blockRules, ...newerBlockRules }
  list(byType(known), limits.blocksInMessage, 0)(blocks, place)
  const objects = isList(blocks) ? objectsOf(blocks) : []
  idsAreUnique(objects, place)
  countOf(objects, 'table', limits.tablesInMessage, place)
  countOf(objects, 'data_visualization', limits.chartsInMessage, place)
  markdownTogether(objects, place)
  return place.problems
}

function countOf(blocks: readonly JsonObject[], type: string, max: number, place: Place): void {
  const count = blocks.filter((block) => block.type === type).length
  if (count > max) report(place, `no more than ${max} ${type} blocks allowed`)
}

function markdownTogether(blocks: readonly JsonObject[], place: Place): void {
  const length = blocks
    .filter((block) => block.type === 'markdown')
    .reduce((sum, block) => sum + (typeof block.text === 'string' ? block.text.length : 0), 0)
  if (length > limits.markdownTogether)
    report(inside(place, 'markdown'), `must be less than ${limits.markdownTogether + 1} characters together`)
}

/** How much text people read in blocks: every `text`, `title`, `label` and `alt_text` in them. */
export function textLengthOf(value: Json): number {
  if (isList(value)) return value.reduce<number>((sum, item) => sum + textLengthOf(item), 0)
  if (!isObject(value)) return 0
  return Object.entries(value).reduce((sum, [name, field]) => {
    if (typeof field === 'string') return sum + (shownFields.has(name) ? field.length : 0)
    return sum + (field === undefined ? 0 : textLengthOf(field))
  }, 0)
}

const shownFields = new Set(['text', 'title', 'label', 'alt_text'])
