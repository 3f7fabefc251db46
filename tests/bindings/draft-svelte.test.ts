import { tick } from 'svelte'
import { testDraft } from './draft-suite.ts'
import { mountSvelte } from './mount-svelte.ts'
import EventForm from './svelte/EventForm.svelte'

testDraft({
  flush: () => tick(),
  mountForm: (props) => mountSvelte(EventForm, props),
})
