import type { Ids } from './ids.ts'
import type { BlockGeneration, Workspace } from './model.ts'

export interface NewWorkspace {
  readonly domain?: string
  readonly name?: string
  /** User groups need a paid plan. */
  readonly plan?: Workspace['plan']
  readonly blocks?: BlockGeneration
}

export function newWorkspace(ids: Ids, workspace: NewWorkspace): Workspace {
  const { domain = 'acme', name = 'Acme', plan = 'paid', blocks = 'with newer blocks' } = workspace
  return {
    id: ids.next('T'),
    domain,
    name,
    plan,
    blocks,
    users: new Map(),
    channels: new Map(),
    userGroups: new Map(),
  }
}
