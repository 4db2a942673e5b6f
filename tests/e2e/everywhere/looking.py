"""What can stand in somebody's way on an open page, besides what axe finds (:mod:`tests.e2e.axe`)."""

from __future__ import annotations

from typing import Any

#: All that the keyboard must reach.
_REACHABLE = """() => {
  const wanted = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex^="-"])'
  const main = document.querySelector('main, [role=main], .main') || document.body
  const radios = new Set()
  return [...main.querySelectorAll(wanted)].filter(element => {
    // CKAN's own field for tags marks its frame.
    if (element.matches('.select2-search__field')) return false
    if (element.disabled || element.tabIndex < 0 || !element.checkVisibility({visibilityProperty: true})) return false
    // One of a group of radio buttons is reached by Tab, the others by arrows.
    if (element.type === 'radio') {
      const group = element.name
      if (radios.has(group)) return false
      radios.add(group)
    }
    return true
  })
}"""
_LOOK = """
  const look = element => [element, element.closest('label') || element, element.querySelector('path') || element,
    element.nextElementSibling || element].map(one => {
      const style = getComputedStyle(one)
      return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.borderColor,
        style.backgroundColor, style.textDecorationLine, style.stroke, style.strokeWidth, style.fill,
        style.color].join()
    }).join('|')
"""
_PREPARE = f"""() => {{
  {_LOOK}
  document.activeElement.blur()
  window.seen = new Map()
  window.quiet = new Map()
  const all = ({_REACHABLE})()
  all.forEach(element => window.quiet.set(element, look(element)))
  document.addEventListener('focusin', event => {{
    window.seen.set(event.target, look(event.target))
  }})
  const main = document.querySelector('main, [role=main], .main') || document.body
  main.setAttribute('tabindex', '-1')
  main.focus()
  return all.length
}}"""
_WALKED = """() => {
  const named = element => element.outerHTML.slice(0, 160)
  const problems = []
  const radios = name => [...window.seen.keys()].some(one => one.type === 'radio' && one.name === name)
  for (const [element, before] of window.quiet) {
    if (element.type === 'radio' && radios(element.name)) continue
    if (!window.seen.has(element)) problems.push('not reached by keyboard: ' + named(element))
    else if (window.seen.get(element) === before) problems.push('its focus is not seen: ' + named(element))
  }
  return problems
}"""
_INSIDE = "(document.querySelector('main, [role=main], .main') || document.body).contains(document.activeElement)"
_STOPS = 25
_TRANSITIONS = "*, *::before, *::after { transition: none !important }"

#: Who asks for less motion gets none from us: what still moves, of what has a class of ours.
_MOVING = """() => [...document.querySelectorAll('[class*=regional]')].filter(element => {
  const style = getComputedStyle(element)
  const longest = list => Math.max(...list.split(',').map(parseFloat))
  return (style.transitionProperty !== 'none' && longest(style.transitionDuration) > 0.01)
    || (style.animationName !== 'none' && longest(style.animationDuration) > 0.01)
}).map(element => 'moves: ' + element.outerHTML.slice(0, 120))"""

#: What is said by a colour has a text beside it.
_WORDLESS = """() => [...document.querySelectorAll('.badge, [class*=regional-state], .alert')].filter(element =>
  element.checkVisibility() && !element.innerText.trim() && !element.getAttribute('aria-label')
    && element.closest('[aria-hidden=true]') === null
).map(element => 'only a colour: ' + element.outerHTML.slice(0, 120))"""

#: What reaches beyond the right edge, to say where to look.
_WIDE = """width => {
  if (document.documentElement.scrollWidth <= width) return []
  const right = element => element.getBoundingClientRect().right
  const out = [...document.querySelectorAll('body *')].filter(element => {
    const box = element.getBoundingClientRect()
    return box.width && box.right > width + 1
  }).sort((one, other) => right(other) - right(one) || one.clientWidth - other.clientWidth)
  return [`wider than ${width}: ` + (out.length ? out[0].outerHTML.slice(0, 160) : 'the page')]
}"""


def too_wide(page: Any, width: int) -> list[str]:
    """What has to be scrolled to sideways."""
    page.set_viewport_size({"width": width, "height": 900})
    return page.evaluate(_WIDE, width)


def moving(page: Any) -> list[str]:
    """What moves though the reader asked for less motion."""
    return page.evaluate(_MOVING)


def wordless(page: Any) -> list[str]:
    """What says something by its colour alone."""
    return page.evaluate(_WORDLESS)


def by_keyboard(page: Any) -> list[str]:
    """Walk through the page's content with Tab: what is not reached, or reached without being seen to be."""
    page.add_style_tag(content=_TRANSITIONS)
    number = page.evaluate(_PREPARE)
    for _ in range(number + 1):
        page.keyboard.press("Tab")
    # A field for a date is several stops. Whoever never gets out of the content is in a trap.
    for _ in range(_STOPS):
        if not page.evaluate(_INSIDE):
            break
        page.keyboard.press("Tab")
    else:
        return ["the keyboard does not get out of the page's content"]
    return page.evaluate(_WALKED)
