"use strict";

/* A search in a long list of boxes to tick: only those whose words hold what is typed are shown, and what is ticked.
 *
 * texts - {one, many}: how many are shown, for who cannot see it
 */
ckan.module("regional-filter", function ($) {
  return {
    options: { texts: {} },

    initialize: function () {
      this.boxes = this.$("label").filter(function () { return $(this).find("input[type=checkbox]").length; });
      this.$("[data-filter]").prop("hidden", false);
      this.status = this.$("[role=status]");
      this.$("input[type=search]").on("input", this._filter.bind(this)).on("keydown", function (event) {
        // It searches as one types; Enter must not send the whole form.
        if (event.key === "Enter") event.preventDefault();
      });
    },

    _filter: function (event) {
      var words = plain(event.target.value).split(" ").filter(Boolean);
      var shown = 0;
      this.boxes.each(function () {
        var text = plain(this.textContent);
        var found = words.every(function (word) { return text.indexOf(word) >= 0; });
        this.hidden = !found && !$(this).find("input")[0].checked;
        if (!this.hidden) shown += 1;
      });
      var texts = this.options.texts;
      this.status.text(shown === 1 ? texts.one : String(texts.many).replace("{n}", shown));
    },
  };

  function plain(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }
});
