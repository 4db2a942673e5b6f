"use strict";

/* Cards or lines that can be added and removed; the server numbers them anew.
 *
 * mark     - what stands for the number in the <template>
 * once     - there is one at most
 * keep-one - the last line is emptied, not removed
 * removed  - words for “{what} removed”
 */
ckan.module("regional-repeating", function ($) {
  return {
    options: { mark: "CARD0", once: false, keepOne: false, removed: "" },

    initialize: function () {
      this.cards = this.el.children("[data-cards]");
      this.template = this.el.children("template")[0];
      this.add = this.el.children("[data-card-add]");
      this.status = this.el.children("[data-card-status]");
      this.next = this.cards.children("[data-card]").length;
      this.add.on("click", this._add.bind(this));
      this.cards.on("click", "[data-card-remove]", this._remove.bind(this));
      if (this.options.keepOne) this.cards.on("keydown", "input", this._enter.bind(this));
      this._show();
    },

    _own: function () {
      return this.cards.children("[data-card]");
    },

    _show: function () {
      var count = this._own().length;
      this.add.prop("hidden", this.options.once && count > 0);
      var cards = this.cards[0];
      this.cards.find("[data-card-remove]").each(function () {
        // Cards inside a card have a module of their own.
        if ($(this).closest("[data-cards]")[0] === cards) this.hidden = false;
      });
    },

    _add: function () {
      var number = this.next;
      this.next += 1;
      var html = this.template.innerHTML
        .split(this.options.mark + "N").join(String(number + 1))
        .split(this.options.mark).join(String(number));
      var card = $($.parseHTML(html.trim(), document)).filter("[data-card]");
      this.cards.append(card);
      card.find("[data-module]").each(function () {
        ckan.module.initializeElement(this);
      });
      this._show();
      focusFirst(card);
      this.el.trigger("regional:changed");
    },

    _enter: function (event) {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (event.target.value.trim()) this._add();
    },

    _remove: function (event) {
      var card = $(event.currentTarget).closest("[data-card]");
      if (card.parent()[0] !== this.cards[0]) return;
      var what = card.attr("aria-label") || card.children("label").text().trim();
      var others = this._own().not(card);
      if (this.options.keepOne && !others.length) {
        card.find("input").val("");
        focusFirst(card);
      } else {
        var neighbour = card.next("[data-card]").add(card.prev("[data-card]")).first();
        card.remove();
        this._show();
        if (neighbour.length) focusFirst(neighbour);
        else this.add.trigger("focus");
      }
      this.status.text(this.options.removed.replace("{what}", what));
      this.el.trigger("regional:changed");
    },
  };

  function focusFirst(card) {
    card.find("input:not([type=hidden]), select, textarea").filter(":visible").first().trigger("focus");
  }
});
