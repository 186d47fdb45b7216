/** The QR code's life on this page: what is left of it, and renewing it. */
import { computed, onUnmounted, ref, watch } from 'vue'
import type { CaseStore } from './case-store'
import { useServerNow } from './clock'
import { AUTO_RENEWALS, lifeLeft, shouldRenew } from './qr-renewal'

export function useInvitation(store: CaseStore) {
  const now = useServerNow(store)
  const renewals = ref(0)
  const visible = ref(document.visibilityState === 'visible')
  const watchVisibility = (): void => void (visible.value = document.visibilityState === 'visible')
  document.addEventListener('visibilitychange', watchVisibility)
  onUnmounted(() => document.removeEventListener('visibilitychange', watchVisibility))

  const invitation = computed(() => store.view.value?.invitation ?? null)
  const leftMs = computed(() =>
    invitation.value ? Math.max(0, Date.parse(invitation.value.expires_at) - now.value) : 0,
  )
  const expired = computed(() => invitation.value !== null && leftMs.value === 0)
  const share = computed(() =>
    invitation.value ? lifeLeft(invitation.value.issued_at, invitation.value.expires_at, now.value) : 0,
  )
  const due = computed(() =>
    shouldRenew({
      expired: expired.value,
      visible: visible.value,
      busy: store.busy.value !== null,
      renewals: renewals.value,
    }),
  )
  watch(
    due,
    (isDue) => {
      if (!isDue) return
      renewals.value += 1
      void store.renewInvitation()
    },
    { immediate: true },
  )

  return {
    invitation,
    leftMs,
    expired,
    share,
    renewals,
    gaveUp: computed(() => expired.value && renewals.value >= AUTO_RENEWALS),
    image: computed(() => invitation.value && `${store.root}/qr.svg?seq=${invitation.value.seq}`),
    renew: async (): Promise<void> => {
      renewals.value = 0
      await store.renewInvitation()
    },
  }
}
