// SPDX-License-Identifier: GPL-3.0-or-later
#include "workload/callsites.h"

#include <algorithm>
#include <array>

namespace heapatlas {

namespace {

constexpr std::array<const char*, 20> subjects { "Order", "Invoice", "Customer", "Price", "Stock", "Cart",
    "Coupon", "Address", "Payment", "Shipment", "Product", "Category", "Review", "Tax", "Supplier", "Return",
    "Newsletter", "Session", "Image", "Export" };
struct Role
{
    const char* folder;
    const char* suffix;
    std::array<const char*, 5> methods;
};
constexpr std::array<Role, 9> roles { {
    { "Repository", "Repository", { "find", "findBy", "hydrate", "save", "count" } },
    { "Entity", "Factory", { "create", "fromArray", "fromRow", "copy", "merge" } },
    { "Http", "Controller", { "show", "list", "update", "store", "remove" } },
    { "Import", "Reader", { "open", "readRow", "parseField", "next", "close" } },
    { "Template", "Renderer", { "render", "escape", "include", "block", "join" } },
    { "Mapper", "Normalizer", { "normalize", "denormalize", "supports", "attributes", "cast" } },
    { "Validation", "Validator", { "validate", "rules", "check", "message", "collect" } },
    { "Event", "Listener", { "handle", "subscribe", "dispatch", "payload", "log" } },
    { "Search", "Index", { "tokenize", "add", "lookup", "score", "flush" } },
} };

/// Stands for the place of a function in its file.
std::uint32_t lineFor(const std::string& name)
{
    std::uint32_t hash = 2166136261U; // FNV-1a
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return 12 + hash % 380;
}

} // namespace

CallSites::CallSites(TraceWriter& writer, std::uint64_t seed)
    : m_writer(writer)
    , m_random(seed)
{
    m_root = add(0, {}, "{main}", 27);
}

std::uint32_t CallSites::stringOf(const std::string& text)
{
    const auto [at, isNew] = m_strings.try_emplace(text, 0);
    if (isNew)
        at->second = m_writer.string(text);
    return at->second;
}

std::uint32_t CallSites::functionOf(const std::string& scope, const std::string& name)
{
    const auto [at, isNew] = m_functions.try_emplace({ scope, name }, 0);
    if (!isNew)
        return at->second;
    std::string file = "/srv/shop/worker.php";
    if (!scope.empty()) {
        // Shop\Import\OrderReader stands in src/Import/OrderReader.php.
        file = "/srv/shop/src" + scope.substr(scope.find('\\')) + ".php";
        std::replace(file.begin(), file.end(), '\\', '/');
    }
    at->second = hat_function(m_writer.raw(), stringOf(name), scope.empty() ? 0 : stringOf(scope),
        stringOf(file), scope.empty() ? 1 : lineFor(scope + name));
    return at->second;
}

std::uint32_t CallSites::add(
    std::uint32_t caller, const std::string& scope, const std::string& name, std::uint32_t line)
{
    ++m_count;
    return hat_stack(m_writer.raw(), caller, functionOf(scope, name), line);
}

std::uint32_t CallSites::addAny(std::uint32_t caller)
{
    std::uint32_t stack = caller;
    const std::string subject = subjects[m_random.below(subjects.size())];
    for (std::uint32_t frames = m_random.between(1, 3); frames > 0; --frames) {
        const Role& role = roles[m_random.below(roles.size())];
        const std::string scope = std::string("Shop\\") + role.folder + "\\" + subject + role.suffix;
        const std::string method =
            role.methods[m_random.below(static_cast<std::uint32_t>(role.methods.size()))];
        stack = add(stack, scope, method, lineFor(scope + method) + m_random.between(2, 30));
    }
    return stack;
}

} // namespace heapatlas
