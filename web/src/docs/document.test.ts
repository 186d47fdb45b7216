import { expect, it } from 'vitest'
import { forPlatforms } from './document'

it('shows what platforms call, and nothing of the pages', () => {
  const document = {
    openapi: '3.1.0',
    paths: { '/v1/events': {}, '/portal/api/sessions': {}, '/health': {} },
  }
  expect(forPlatforms(document)).toEqual({ openapi: '3.1.0', paths: { '/v1/events': {} } })
})
