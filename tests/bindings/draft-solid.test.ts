import { useDraft } from '@rowsignal/solid'
import { createRenderEffect } from 'solid-js'
import { conflictText, testDraft } from './draft-suite.ts'
import { mountSolid, solidNode } from './mount-solid.ts'

testDraft({
  flush: () => Promise.resolve(),
  mountForm: ({ events }) =>
    mountSolid(() => {
      const { draft, setDraft, errors, conflicts, canSave, resolve, save, reset } = useDraft(
        events,
        'a',
      )
      // What `<input value={draft.title ?? ''} onInput={(event) => setDraft('title', event.target.value)} />` does.
      const title = Object.assign(solidNode('input'), { name: 'title' })
      createRenderEffect(() => (title.value = draft.title ?? ''))
      title.addEventListener('input', () => setDraft('title', title.value))
      const seats = Object.assign(solidNode('input'), { name: 'seats', type: 'number' })
      createRenderEffect(() => (seats.value = String(draft.seats ?? '')))
      seats.addEventListener('input', () => setDraft('seats', seats.valueAsNumber))
      const button = (name: string, run: () => unknown) => {
        const element = Object.assign(solidNode('button'), { name })
        element.addEventListener('click', run)
        return element
      }
      const saving = button('save', save)
      createRenderEffect(() => (saving.disabled = !canSave()))
      return [
        title,
        seats,
        Object.assign(
          solidNode('p', () => errors().title?.join()),
          { className: 'error' },
        ),
        Object.assign(
          solidNode('p', () => errors().$row?.join()),
          { className: 'row-error' },
        ),
        Object.assign(
          solidNode('p', () => conflictText(conflicts().title)),
          { className: 'conflict' },
        ),
        button('mine', () => resolve('title', 'mine')),
        button('theirs', () => resolve('title', 'theirs')),
        saving,
        button('reset', reset),
      ]
    }),
})
