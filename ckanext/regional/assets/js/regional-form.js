"use strict";

/* A form in groups. Without this script every field is shown, and nothing is lost.
 *
 * [data-field]       a field; its name
 * [data-shown-when]  asked only under a condition: {field, in: […]}, {field, not: […]} or {field, filled: true}. A field
 *                    that is not asked keeps its value and cannot be reached; one with an error is shown all the same.
 * [data-needed]      needed for the review; counted, as long as it is empty, in the list of groups
 * [data-toc]         the count of a group; [data-toc-fields] the links to its empty fields
 *
 * An address that ends with #field-NAME opens what is closed around the field and goes there.
 *
 * texts - {none, one, many, asked}: words of the counts and of what is announced
 */
ckan.module("regional-form", function ($) {
  /* CKAN gives errors of the tags, and links to them, another name than the field's. */
  var OTHER_NAMES = { "field-tags": "field-tag_string" };
  /* What counts as an answer where one text is not enough of one (completeness.py). */
  var PARTS = { publisher: ["name"], contact: ["email", "url"] };
  var NO_LICENCE = "notspecified";

  return {
    options: { texts: {} },

    initialize: function () {
      this.form = this.el.closest("form");
      this.status = $('<span class="visually-hidden" role="status">').appendTo(this.el);
      this._describe();
      this._update(false);
      this.form.on("change input regional:changed", this._update.bind(this, true));
      window.addEventListener("hashchange", this._follow.bind(this));
      $(document).on("click", 'a[href^="#field-"], a[href^="#regional-group-"]', this._clicked.bind(this));
      // After CKAN's own modules, which replace some fields by others.
      window.setTimeout(this._arrived.bind(this), 0);
    },

    /* What fields hold */

    values: function (name) {
      var found = [];
      this.form.find("input, select, textarea").each(function () {
        if (this.name !== name || ((this.type === "checkbox" || this.type === "radio") && !this.checked)) return;
        var value = String($(this).val() || "").trim();
        if (value) found.push(value);
      });
      return found;
    },

    _holds: function (condition) {
      var values = this.values(condition.field);
      if (condition.in) return values.some(function (value) { return condition.in.indexOf(value) >= 0; });
      if (condition.not) return values.some(function (value) { return condition.not.indexOf(value) < 0; });
      return values.length > 0;
    },

    _isFilled: function (name) {
      var form = this.form;
      if (PARTS[name]) {
        return PARTS[name].some(function (part) {
          return form.find('[name^="' + name + '-"][name$="-' + part + '"]').toArray().some(function (control) {
            return control.value.trim();
          });
        });
      }
      if (this.values(name).some(function (value) { return value !== NO_LICENCE; })) return true;
      return form.find('[name^="' + name + '-"]').toArray().some(function (control) { return control.value.trim(); });
    },

    /* What is asked, and what is still empty */

    _update: function (announced) {
      var self = this;
      var asked = [];
      this.el.find("[data-shown-when]").each(function () {
        var condition = JSON.parse(this.dataset.shownWhen);
        var wrong = this.classList.contains("regional-field-wrong");
        var hidden = !wrong && !self._holds(condition) && !this.classList.contains("regional-field-wanted");
        if (this.hidden && !hidden) asked.push(this.dataset.label);
        this.hidden = hidden;
      });
      if (announced && asked.length && this.options.texts.asked) {
        this.status.text(this.options.texts.asked.replace("{what}", asked.join(", ")));
      }
      this.el.find("[data-toc]").each(function () {
        self._count(this);
      });
    },

    _count: function (place) {
      var self = this;
      var needed = this.el.find('[data-group="' + place.dataset.toc + '"] [data-needed]').not("[hidden]").toArray();
      if (!needed.length) return;
      var empty = needed.filter(function (field) { return !self._isFilled(field.dataset.field); });
      var texts = this.options.texts;
      var said = !empty.length ? texts.none : empty.length === 1 ? texts.one : texts.many.replace("{n}", empty.length);
      place.textContent = said;
      place.classList.toggle("regional-toc-done", !empty.length);
      var links = place.parentNode.querySelector("[data-toc-fields]");
      var names = empty.map(function (field) { return field.dataset.field; }).join();
      // A link that is drawn anew while it is being clicked is never clicked.
      if (links.dataset.names === names) return;
      links.dataset.names = names;
      links.textContent = "";
      empty.forEach(function (field, index) {
        if (index) links.append(", ");
        var link = document.createElement("a");
        link.href = "#field-" + field.dataset.field;
        link.textContent = field.dataset.label;
        links.append(link);
      });
    },

    /* The way to a field */

    _arrived: function () {
      this._name();
      var problems = this.form.find(".regional-problems");
      if (problems.length) problems[0].focus();
      else this._follow();
      // For tests: CKAN starts its modules only when it has fetched the translations.
      var ready = this.el.attr.bind(this.el, "data-ready", "");
      if (document.readyState === "complete") ready();
      else {
        // Pictures that arrive later push everything down, and the browser goes where the field would be without us.
        $(window).one("load", function () {
          if (!problems.length) this._follow();
          ready();
        }.bind(this));
      }
    },

    _follow: function () {
      var id = decodeURIComponent(window.location.hash.slice(1));
      if (/^field-/.test(id)) this.go(OTHER_NAMES[id] || id);
    },

    _clicked: function (event) {
      var id = decodeURIComponent(event.currentTarget.getAttribute("href").slice(1));
      if (this.go(OTHER_NAMES[id] || id)) event.preventDefault();
    },

    go: function (id) {
      var target = document.getElementById(id) || this._lastResort(id);
      if (!target || !this.form[0].contains(target)) return false;
      for (var around = target; around && around !== this.form[0]; around = around.parentElement) {
        if (around.tagName === "DETAILS") around.open = true;
        if (around.hidden && around.dataset.shownWhen) {
          around.classList.add("regional-field-wanted");
          around.hidden = false;
        }
      }
      // What somebody came for inside a field that has a door of its own.
      if (target.tagName !== "DETAILS") $(target).children("details").not(".regional-below").prop("open", true);
      this._focus(target);
      target.scrollIntoView({ behavior: "instant", block: target.offsetHeight > window.innerHeight / 2 ? "start" : "center" });
      return true;
    },

    /* The id of one object's field, where the field itself is drawn without it. */
    _lastResort: function (id) {
      var name = id.replace(/^field-/, "").replace(/-.*$/, "");
      return this.el.find("[data-field]").toArray().find(function (field) { return field.dataset.field === name; });
    },

    _focus: function (target) {
      var controls = "input:not([type=hidden]), select, textarea";
      var drawn = function (control) { return control.getClientRects().length && !control.disabled; };
      if (target.classList.contains("regional-group")) {
        target.focus({ preventScroll: true });
        return;
      }
      var found = target.matches(controls) ? [target] : $(target).find(controls).toArray();
      found = found.map(function (control) {
        if (!/select2-(hidden-accessible|offscreen)/.test(control.className)) return control;
        var box = $(control).siblings(".select2-container").find("input, .select2-selection")[0];
        return box || control;
      });
      var control = found.find(drawn) || $(target).find("button").toArray().find(drawn) || target;
      control.focus({ preventScroll: true });
    },

    /* What a screen reader says of a control besides its name */

    _describe: function () {
      this.el.find(".form-group").each(function (number) {
        var group = this;
        var ids = [];
        $(group).find(".error-block, .info-block").each(function (part) {
          if ($(this).closest(".form-group")[0] !== group) return;
          this.id = this.id || "regional-said-" + number + "-" + part;
          ids.push(this.id);
        });
        if (!ids.length) return;
        var wrong = group.classList.contains("error");
        var fieldset = group.matches("fieldset") ? group : $(group).children("fieldset")[0];
        var controls = fieldset ? [fieldset] : $(group).find("input:not([type=hidden]), select, textarea").toArray();
        controls.forEach(function (control) {
          control.setAttribute("aria-describedby", ids.join(" "));
          if (wrong && !fieldset) control.setAttribute("aria-invalid", "true");
        });
      });
    },

    _name: function () {
      this.form.find(".select2-hidden-accessible, .select2-offscreen").each(function () {
        regionalName($(this));
      });
    },
  };
});

/* Select2 gives its box no name of its own: a screen reader would say “combo box” and nothing else. */
function regionalName(select) {
  var label = document.querySelector('label[for="' + select.attr("id") + '"]');
  var box = select.next(".select2-container");
  if (!label || !box.length) return;
  var name = label.textContent.replace("*", "").trim();
  box.find(".select2-selection").removeAttr("aria-labelledby").attr("aria-label", name);
  box.find(".select2-selection__rendered").removeAttr("role aria-readonly");
  box.find(".select2-search__field").removeAttr("role").attr("aria-label", name);
}

/* The same for a form without groups. */
ckan.module("regional-named", function ($) {
  return {
    initialize: function () {
      var form = this.el;
      window.setTimeout(function () {
        form.find(".select2-hidden-accessible").each(function () {
          regionalName($(this));
        });
      }, 0);
    },
  };
});
