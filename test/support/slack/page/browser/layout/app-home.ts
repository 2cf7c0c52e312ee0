import { objectsOf } from '../../../json.ts'
import { blockItems } from '../blocks/render-blocks.ts'
import { h } from '../dom.ts'
import { reconcile } from '../reconcile.ts'
import type { State } from '../state.ts'
import { showToast } from './toast.ts'

/** The Home tab of the app, as it was last published for this person. */
export function drawHome(home: HTMLElement, state: State): void {
  const { home: view } = state
  if (view === undefined) {
    reconcile(home, [
      {
        key: 'empty',
        version: '',
        render: () => h('p', { class: 'empty' }, 'The app has not published a Home for you yet.'),
      },
    ])
    return
  }
  const surface = { state, on: { viewId: view.id }, view, tell: showToast }
  reconcile(home, blockItems(surface, objectsOf(view.body.blocks)))
}
