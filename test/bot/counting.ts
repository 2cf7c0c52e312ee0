/** Handlers that only count, for tests of how deliveries come and go. */
import { actions, options } from '../../bot/actions/index.ts'
import { commands } from '../../bot/commands/index.ts'
import type { Registry } from '../../bot/registry.ts'
import { notice } from '../../bot/views/index.ts'

export interface Counting {
  readonly registry: Registry
  readonly runs: () => number
  /** Lets the modal go on into which `slowly` was entered. */
  readonly release: () => void
}

export function countingRegistry(): Counting {
  let count = 0
  const released = Promise.withResolvers<void>()
  const card = {
    text: 'card',
    blocks: [
      {
        type: 'actions',
        elements: [
          { type: 'button', action_id: 'test.go', value: '{}', text: { type: 'plain_text', text: 'Go' } },
        ],
      },
    ],
  }
  const registry: Registry = {
    commands: {
      ...commands,
      start: {
        run: async (turn) => {
          count += 1
          await turn.tell(notice('started'))
        },
      },
      verify: {
        run: async (turn) => {
          count += 1
          await turn.say(notice('verified'))
        },
      },
      status: { run: (turn) => turn.say(card) },
      new: { keeping: 'at once', run: async (turn) => void (await turn.openModal(modalIn(turn.channelId))) },
    },
    bare: { run: async () => undefined },
    actions: {
      ...actions,
      'test.go': {
        run: async (turn) => {
          count += 1
          await turn.tell(notice('clicked'))
        },
      },
    },
    modals: {
      'test.modal': {
        submit: async (_turn, { values }) => {
          count += 1
          const name = values['name']?.['name']?.['value']
          if (name === 'slowly') await released.promise
          return name === 'yes' ? { kind: 'close' } : { kind: 'errors', errors: { name: 'Not this one.' } }
        },
      },
    },
    options,
    events: {},
  }
  return { registry, runs: () => count, release: () => released.resolve() }
}

const modalIn = (channelId: string | null) => ({
  type: 'modal' as const,
  callback_id: 'test.modal',
  private_metadata: JSON.stringify({ c: channelId }),
  title: { type: 'plain_text' as const, text: 'Test' },
  submit: { type: 'plain_text' as const, text: 'Go' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'name',
      label: { type: 'plain_text' as const, text: 'Name' },
      element: { type: 'plain_text_input' as const, action_id: 'name' },
    },
  ],
})
