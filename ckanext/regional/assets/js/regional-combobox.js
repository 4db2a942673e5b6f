"use strict";

/* A field that searches while one types: the “combobox” of the ARIA Authoring Practices, with a list below it.
 * Without JavaScript the field stays what it is: a line of text (several), or a list to choose from (one).
 *
 * source       - the address that answers {results: [{id, text, path?, level?, notice?}]} to ?q=
 * several      - more than one can be chosen; those chosen stand above the field
 * chosen       - what is chosen now: [{code, name, path, level, notice}]
 * at-once      - an empty field offers its first entries, too
 * organisation - asked for with the search, unless the form has a field owner_org; dataset likewise
 * texts        - {hint, one, many, none, failed, chosen, removed, remove, already}
 *
 * It triggers “regional:chosen” with what is chosen, and takes “regional:set” with what to choose, as [{id, text, …}].
 */
ckan.module("regional-combobox", function ($) {
  var PAUSE = 200;
  var made = 0;

  return {
    options: { source: null, several: false, chosen: [], atOnce: false, organisation: "", dataset: "", texts: {} },

    initialize: function () {
      made += 1;
      this.id = "regional-list-" + made;
      this.texts = this.options.texts || {};
      this.asked = 0;
      this.offered = [];
      this.active = -1;
      if (this.options.several) this._becomeSeveral();
      else this._becomeOne();
      this._build();
      this._listen();
      this._showChosen();
    },

    /* The controls */

    _becomeSeveral: function () {
      this.input = this.el;
      this.name = this.input.attr("name");
      this.input.removeAttr("name").val("");
      this.chosen = [];
      var unknown = [];
      (this.options.chosen || []).forEach(function (place) {
        // What is no code yet was typed and could not be read: it goes on being typed.
        if (place.code.indexOf(":") > 0) this.chosen.push(this._item(place));
        else unknown.push(place.code);
      }, this);
      this.input.val(unknown.join(", "));
    },

    _becomeOne: function () {
      var select = this.el;
      this.name = select.attr("name");
      var option = select.find("option:selected");
      this.chosen = select.val() ? [{ id: select.val(), text: option.text() }] : [];
      this.input = $('<input type="text" class="form-control" autocomplete="off">').attr("id", select.attr("id"));
      ["aria-describedby", "aria-invalid"].forEach(function (attribute) {
        if (select.attr(attribute)) this.input.attr(attribute, select.attr(attribute));
      }, this);
      select.removeAttr("id").prop("hidden", true).before(this.input);
    },

    _item: function (place) {
      return { id: place.code, text: place.name, path: place.path, level: place.level, notice: place.notice };
    },

    _build: function () {
      var label = $('label[for="' + this.input.attr("id") + '"]').text().replace("*", "").trim();
      this.box = $('<div class="regional-combobox">');
      this.input.wrap(this.box);
      this.box = this.input.parent();
      if (this.options.several) {
        this.list = $('<ul class="regional-chosen">').attr("aria-label", label).prop("hidden", true);
        this.box.before(this.list);
      }
      this.offers = $('<ul class="regional-offers" role="listbox">').attr({ id: this.id, "aria-label": label }).prop("hidden", true);
      this.status = $('<span class="visually-hidden" role="status">');
      this.hint = $('<span class="visually-hidden">').attr("id", this.id + "-hint").text(this.texts.hint || "");
      this.note = $('<p class="regional-notice">').prop("hidden", true);
      this.box.append(this.offers, this.hint, this.status);
      this.box.after(this.note);
      this.input.attr({
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": this.id,
        "aria-describedby": [this.input.attr("aria-describedby"), this.id + "-hint"].filter(Boolean).join(" "),
        spellcheck: "false",
      });
      this.input[0].dataset.regionalName = this.name;
    },

    _listen: function () {
      this.input.on("input", this._typed.bind(this));
      this.input.on("keydown", this._pressed.bind(this));
      this.input.on("focus", this._entered.bind(this));
      this.input.on("blur", this._left.bind(this));
      this.input.on("regional:set", this._set.bind(this));
      // The focus stays in the field, or the list would close before the click arrives.
      this.offers.on("mousedown", function (event) { event.preventDefault(); });
      this.offers.on("click", "[role=option]", function (event) {
        this._choose(this.offered[$(event.currentTarget).index()]);
      }.bind(this));
      if (this.options.several) {
        this.list.on("click", "button", function (event) {
          this._remove($(event.currentTarget).closest("li").index());
        }.bind(this));
        this.input.closest("form").on("submit", this._sent.bind(this));
      }
    },

    /* Searching */

    _typed: function () {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(this._ask.bind(this), PAUSE);
    },

    _entered: function () {
      if (this.options.atOnce && !this.input.val()) this._ask();
    },

    _ask: function () {
      var typed = this.input.val().trim();
      var asked = (this.asked += 1);
      if (!typed && !this.options.atOnce) {
        this._close();
        return;
      }
      $.getJSON(this.options.source, this._question(typed))
        .done(function (answer) {
          if (asked === this.asked && this.input.is(":focus")) this._offer(answer.results || []);
        }.bind(this))
        .fail(function () {
          if (asked !== this.asked) return;
          this._close();
          this._say(this.texts.failed, true);
        }.bind(this));
    },

    _question: function (typed) {
      var question = { q: typed };
      if (this.options.several) return question;
      var owner = this.input.closest("form").find("[name=owner_org]").val();
      question.organisation = owner || this.options.organisation || "";
      if (this.options.dataset) question.dataset = this.options.dataset;
      return question;
    },

    _offer: function (results) {
      var known = this.options.several ? this.chosen.map(function (item) { return item.id; }) : [];
      this.offered = results;
      this.offers.empty();
      this.offered.forEach(function (item, number) {
        var option = $('<li role="option" aria-selected="false">').attr("id", this.id + "-" + number).text(item.text);
        if (known.indexOf(item.id) >= 0) option.append($('<span class="regional-path">').text(this.texts.already));
        if (item.notice) option.append($('<span class="regional-notice">').text(item.notice));
        this.offers.append(option);
      }, this);
      var count = this.offered.length;
      if (!count) {
        this._close();
        this._say(this.texts.none, true);
        return;
      }
      this.offers.prop("hidden", false);
      this.input.attr("aria-expanded", "true");
      this._say(count === 1 ? this.texts.one : this.texts.many.replace("{n}", count));
      // Enter takes the first one; who only passes through an empty field chooses nothing.
      this._activate(this.input.val().trim() ? 0 : -1);
    },

    _activate: function (number) {
      this.active = number;
      var options = this.offers.children().attr("aria-selected", "false").removeClass("regional-active");
      if (number < 0) {
        this.input.removeAttr("aria-activedescendant");
        return;
      }
      var option = options.eq(number).attr("aria-selected", "true").addClass("regional-active");
      this.input.attr("aria-activedescendant", option.attr("id"));
      option[0].scrollIntoView({ block: "nearest" });
    },

    _close: function () {
      this.offers.prop("hidden", true).empty();
      this.offered = [];
      this.active = -1;
      this.input.attr("aria-expanded", "false").removeAttr("aria-activedescendant");
    },

    _pressed: function (event) {
      var open = !this.offers.prop("hidden");
      var last = this.offered.length - 1;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!open) this._ask();
        else if (event.key === "ArrowDown") this._activate(this.active >= last ? 0 : this.active + 1);
        else this._activate(this.active <= 0 ? last : this.active - 1);
      } else if (event.key === "Enter") {
        if (open && this.active >= 0) {
          event.preventDefault();
          this._choose(this.offered[this.active]);
        } else if (this.input.val().trim() && !this._isShown()) {
          // A name half typed: the list is on its way, and the form is not finished.
          event.preventDefault();
          this._ask();
        }
      } else if (event.key === "Escape" && open) {
        event.preventDefault();
        event.stopPropagation();
        this._close();
      }
    },

    _isShown: function () {
      return !this.options.several && this.chosen.length && this.input.val() === this.chosen[0].text;
    },

    _left: function () {
      this.asked += 1;
      window.clearTimeout(this.timer);
      this._close();
      if (this.options.several) return;
      // One is chosen from the list, or nobody; what matches nobody is not sent.
      if (!this.input.val().trim() && this.chosen.length) this._setChosen([]);
      else if (!this._isShown()) this._showChosen();
    },

    /* Choosing */

    _choose: function (item) {
      if (!item) return;
      var others = this.chosen.filter(function (one) { return one.id !== item.id; });
      this._setChosen(this.options.several ? others.concat([item]) : [item]);
      if (this.options.several) this.input.val("");
      this._close();
      this._say(this.texts.chosen.replace("{what}", item.text));
      this.input.trigger("focus");
    },

    _remove: function (number) {
      var item = this.chosen[number];
      this._setChosen(this.chosen.filter(function (_one, index) { return index !== number; }));
      this._say(this.texts.removed.replace("{what}", item.text));
      var buttons = this.list.find("button");
      if (buttons.length) buttons.eq(Math.min(number, buttons.length - 1)).trigger("focus");
      else this.input.trigger("focus");
    },

    _set: function (event, chosen) {
      event.stopPropagation();
      this._setChosen(chosen || []);
    },

    _setChosen: function (chosen) {
      this.chosen = chosen;
      this._showChosen();
      this.input.trigger("regional:chosen", [chosen]);
      this.input.trigger("regional:changed");
    },

    _showChosen: function () {
      if (!this.options.several) {
        var one = this.chosen[0] || { id: "", text: "" };
        if (!this.el.find("option").filter(function () { return this.value === one.id; }).length) {
          this.el.append(new Option(one.text, one.id));
        }
        this.el.val(one.id);
        this.input.val(one.text);
        return;
      }
      this.list.empty().prop("hidden", !this.chosen.length);
      this.chosen.forEach(function (item) {
        var entry = $("<li>").append($('<input type="hidden">').attr({ name: this.name, value: item.id }), $("<span>").text(item.text));
        if (item.path) entry.append($('<span class="regional-path">').text(item.path));
        var button = $('<button type="button" class="regional-remove">').attr("aria-label", this.texts.remove.replace("{what}", item.text));
        entry.append(button.append('<i class="fa fa-times" aria-hidden="true"></i>'));
        this.list.append(entry);
      }, this);
      var notices = this.chosen.map(function (item) { return item.notice; }).filter(Boolean);
      this.note.text(notices.join(" ")).prop("hidden", !notices.length);
    },

    /* What was typed and not chosen is sent, too: the server reads names, or asks which one is meant. */
    _sent: function () {
      var typed = this.input.val().trim();
      this.list.find("[data-typed]").remove();
      if (typed) this.list.append($('<input type="hidden" data-typed>').attr("name", this.name).val(typed));
    },

    _say: function (words, seen) {
      this.status.text(words || "");
      this.status.toggleClass("visually-hidden", !seen).toggleClass("regional-notice", Boolean(seen));
    },
  };
});
