import type { KnownBlock } from '@slack/types'
import { section } from './blocks/layout.ts'
import type { ChartBlock } from './blocks/chart.ts'
import { cut } from './limits.ts'
import type { Mrkdwn } from './mrkdwn.ts'

export type MessageBlock = KnownBlock | ChartBlock

/** What is given to chat.postMessage and chat.update. */
export interface SlackMessage {
  /** Everything that matters, for notifications and screen readers. */
  readonly text: string
  readonly blocks: MessageBlock[]
  /** To send instead to a workspace that refuses the blocks (`invalid_blocks`), for it does not know the newer ones. */
  readonly olderBlocks?: KnownBlock[]
}

interface Parts {
  readonly text: Mrkdwn
  readonly blocks: MessageBlock[]
  readonly olderBlocks?: KnownBlock[]
}

/** Slack cuts longer ones when it updates. */
const maxFallback = 2000

/** What is said in one sentence or two, with nothing beside it. */
export function sentence(text: Mrkdwn): SlackMessage {
  return message({ text, blocks: [section(text)] })
}

export function message({ text, blocks, olderBlocks }: Parts): SlackMessage {
  return {
    text: cut(text.source.replaceAll(/\*/g, ''), maxFallback),
    blocks,
    ...(olderBlocks && { olderBlocks }),
  }
}
