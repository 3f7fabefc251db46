import { useDraft } from '@rowsignal/vue'
import { h, nextTick, vModelText, withDirectives } from 'vue'
import { conflictText, testDraft } from './draft-suite.ts'
import { mountVue } from './mount-vue.ts'

testDraft({
  flush: () => nextTick(),
  mountForm: ({ events }) =>
    mountVue(() => {
      const { draft, errors, conflicts, canSave, resolve, save, reset } = useDraft(events, 'a')
      return () => [
        // What `<input v-model="draft.title">` and `<input v-model.number="draft.seats">` compile to.
        withDirectives(
          h('input', {
            name: 'title',
            'onUpdate:modelValue': (text: string) => (draft.title = text),
          }),
          [[vModelText, draft.title]],
        ),
        withDirectives(
          h('input', {
            name: 'seats',
            type: 'number',
            'onUpdate:modelValue': (seats: number) => (draft.seats = seats),
          }),
          [[vModelText, draft.seats, '', { number: true }]],
        ),
        h('p', { class: 'error' }, errors.value.title?.join()),
        h('p', { class: 'row-error' }, errors.value.$row?.join()),
        h('p', { class: 'conflict' }, conflictText(conflicts.value.title)),
        h('button', { name: 'mine', onClick: () => resolve('title', 'mine') }),
        h('button', { name: 'theirs', onClick: () => resolve('title', 'theirs') }),
        h('button', { name: 'save', disabled: !canSave.value, onClick: () => save() }),
        h('button', { name: 'reset', onClick: () => reset() }),
      ]
    }),
})
