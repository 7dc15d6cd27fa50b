// Scrolls the panel, and nothing else, so that marked words that lie below stand in its upper third.
const PATIENCE = 60 // frames to wait until the page image is there

function reveal(panel, target, share) {
  const head = panel.querySelector(".st-key-panel-head")?.clientHeight ?? 0
  const third = head + (panel.clientHeight - head) / 3
  const box = target.getBoundingClientRect()
  const at = box.top + share * box.height - panel.getBoundingClientRect().top
  if (at > panel.clientHeight * 0.85) panel.scrollTop += at - third
}

function seek(data, frames) {
  const panel = document.querySelector(".st-key-panel")
  const shown = JSON.stringify(data.shown)
  if (!panel || panel.dataset.shown === shown) return
  const image = panel.querySelector('[class*="st-key-page-zoom"] img')
  const target = data.share === null ? panel.querySelector(".excerpt mark") : image
  const ready = target && (data.share === null || image.complete)
  if (ready || frames === 0) {
    panel.dataset.shown = shown
    panel.scrollTop = 0
    if (target) reveal(panel, target, data.share ?? 0)
  } else {
    requestAnimationFrame(() => seek(data, frames - 1))
  }
}

export default function ({ data }) {
  requestAnimationFrame(() => seek(data, data.share === null ? 2 : PATIENCE))
}
