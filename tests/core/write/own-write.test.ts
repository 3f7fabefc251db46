import { expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { openThreeTodos } from '../../support/three-todos.ts'

test('a write whose COMMIT is done and its answer lost is rejected and shown', async () => {
  const { database, todos } = await openThreeTodos()
  const real = database.writeTransaction.bind(database)
  vi.spyOn(database, 'writeTransaction').mockImplementationOnce(async (run) => {
    await real(run)
    throw new Error('the worker died')
  })
  const write = todos.insert({ id: 'mine', title: 'written' })
  await expect(write.isPersisted.promise).rejects.toThrow('the worker died')
  await eventually(() => expect(todos.get('mine')?.title).toBe('written'))
})
