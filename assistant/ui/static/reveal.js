// Scrolls the panel, and nothing else, so that the marked words stand in its upper third.
export default function () {
  requestAnimationFrame(() => {
    const panel = document.querySelector(".st-key-panel")
    const mark = panel?.querySelector("mark")
    const offset = mark ? mark.getBoundingClientRect().top - panel.getBoundingClientRect().top - panel.clientHeight / 3 : 0
    if (panel) panel.scrollTop = mark ? panel.scrollTop + offset : 0
  })
}
