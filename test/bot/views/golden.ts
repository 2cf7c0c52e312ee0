import { expect } from 'vitest'
import type { SlackMessage } from '../../../bot/views/index.ts'
import {
  type Json,
  type JsonObject,
  limits,
  mentionsIn,
  textLengthOf,
  validateBlocks,
} from '../../support/slack/index.ts'

/** Compares with the file of that name, which `vitest --update` writes anew. */
export async function expectGolden(name: string, value: unknown): Promise<void> {
  await expect(`${JSON.stringify(value, null, 2)}\n`).toMatchFileSnapshot(`golden/${name}.json`)
}

/** As it leaves for Slack. */
export function asJson(value: unknown): Json {
  const json: Json = JSON.parse(JSON.stringify(value))
  return json
}

export function blocksOf(value: unknown): JsonObject[] {
  const json: JsonObject[] = JSON.parse(JSON.stringify(value))
  return json
}

/** What messages of ours link to: of no hostile text. */
export const anotherChannel = 'C0ELSEWHERE'

/** What Slack would refuse of a message, and whom it would tell; empty when all is well. */
export function troubleWith({ text, blocks, olderBlocks }: SlackMessage): readonly string[] {
  return [
    ...(text.length > limits.updatedText || text.trim() === ''
      ? [`the text has ${text.length} characters`]
      : []),
    ...troubleWithBlocks(blocksOf(blocks), 'with newer blocks'),
    ...(olderBlocks === undefined ? [] : troubleWithBlocks(blocksOf(olderBlocks), 'without newer blocks')),
    ...mentionsIn({ text, blocks: blocksOf([...blocks, ...(olderBlocks ?? [])]), attachments: [] })
      .filter((who) => who !== `#${anotherChannel}`)
      .map((who) => `it tells ${who}`),
  ]
}

function troubleWithBlocks(
  blocks: JsonObject[],
  generation: 'with newer blocks' | 'without newer blocks',
): string[] {
  const length = textLengthOf(blocks)
  return [
    ...validateBlocks(blocks, { blocks: generation }).map(({ pointer, message }) => `${pointer}: ${message}`),
    ...(length > limits.blocksTogether ? [`the blocks have ${length} characters together`] : []),
  ]
}
